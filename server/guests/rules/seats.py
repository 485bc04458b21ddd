"""A guest's seat: a third person takes part in one catch-up, if mentor and mentee both want it.

    asked -> agreed | declined | over
    agreed -> withdrawn | refused | over

One of the two names the third person, and the other is asked. Once both have agreed, the guest gets a link of their
own. Either of the two withdraws at any time, also during the call, and the guest can say no. A catch-up that is called
off, or whose time is over, ends the seat; one that is moved keeps it.

Somebody whom the mentor introduced to the mentee is a person of this server. For a call of three they are asked, too,
once the two have agreed, and come only with a yes of their own in the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.calls.rules.entering import GUEST_PREFIX
from server.catchups.rules.bookings import AGREED_JUST_NOW, LIVE, Booking
from server.catchups.rules.bookings import REMINDERS as OF_THE_TWO
from server.catchups.rules.consents import standing_people
from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger import Choice, ChoiceKind
from server.errors import DomainError, InvalidInput
from server.i18n.catalog import LANGUAGES
from server.i18n.texts import N_
from server.people.rules.people import check_email, check_name, email_key

# How long the link opens its page after the catch-up, and when the guest's name and address are deleted.
STAYS_AFTER = timedelta(days=1)
KEPT_AFTER = timedelta(days=7)
# Sooner when one of the two was erased: once the guest can have been told.
KEPT_AFTER_ERASURE = timedelta(days=1)

ASKED_EMAIL, ANSWERED_EMAIL = "guest_asked", "guest_answered"
INVITED_EMAIL, MOVED_EMAIL, ENDED_EMAIL = "guest_invited", "guest_moved", "guest_ended"
# To somebody who was introduced: their own yes, and that they took it back.
JOINED_EMAIL, LEFT_EMAIL = "guest_joined", "guest_left"
# Each with how long before the start, as for the two.
REMINDERS: Mapping[str, timedelta] = {
    "guest_reminder_day": OF_THE_TWO["reminder_day"],
    "guest_reminder_soon": OF_THE_TWO["reminder_soon"],
}
# The emails to the guest; the others are to one of the two.
TO_GUEST = frozenset({INVITED_EMAIL, MOVED_EMAIL, ENDED_EMAIL, JOINED_EMAIL, LEFT_EMAIL, *REMINDERS})


class GuestRole(StrEnum):
    INTERPRETER = "interpreter"
    SUPPORTER = "supporter"
    GUEST = "guest"


ROLES = frozenset(role.value for role in GuestRole)


class SeatState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    OVER = "over"


class SeatEvent(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REFUSE = "refuse"
    CALLED_OFF = "called_off"
    TIME_OVER = "time_over"


class SeatSide(StrEnum):
    """Who brings it about; `recipient` is the one of the two who is asked."""

    RECIPIENT = "recipient"
    EITHER = "either"
    GUEST = "guest"
    CLOCK = "clock"
    SYSTEM = "system"


S, E = SeatState, SeatEvent
TRANSITIONS: Mapping[tuple[SeatState, SeatEvent], tuple[SeatSide, SeatState]] = {
    (S.ASKED, E.AGREE): (SeatSide.RECIPIENT, S.AGREED),
    (S.ASKED, E.DECLINE): (SeatSide.EITHER, S.DECLINED),
    (S.ASKED, E.CALLED_OFF): (SeatSide.SYSTEM, S.OVER),
    (S.ASKED, E.TIME_OVER): (SeatSide.CLOCK, S.OVER),
    (S.AGREED, E.WITHDRAW): (SeatSide.EITHER, S.WITHDRAWN),
    (S.AGREED, E.REFUSE): (SeatSide.GUEST, S.REFUSED),
    (S.AGREED, E.CALLED_OFF): (SeatSide.SYSTEM, S.OVER),
    (S.AGREED, E.TIME_OVER): (SeatSide.CLOCK, S.OVER),
}
LIVE_SEATS = frozenset({S.ASKED, S.AGREED})


class SeatOver(DomainError):
    sentence = N_("This has changed since you opened the page. Nothing was changed; this page shows where it stands.")


class SeatTaken(DomainError):
    sentence = N_("A third person is already planned for this catch-up. There is a seat for one.")


class NoGuestSeat(DomainError):
    sentence = N_("A third person can be added only to a catch-up by video that is still to come.")


@dataclass(frozen=True, slots=True)
class GuestDraft:
    """Whom one of the two would like to bring. `language` is that of the emails to them."""

    name: str
    email: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class GuestSeat:
    """A seat in one catch-up. `asked_by` is the id of the one of the two who named the guest.

    `key` makes the guest's link; it, the name and the address are empty once they are deleted. `let_in`: one of the two
    has let the guest in. `waits`: the guest is in the lobby; `put_off`: the two were asked and said 'not now'.
    `told_start` is the start that the guest was told last. `attendance` names their stay in the call, while it lasts;
    `came_at` is when they came first. Of a call of three after an introduction, `introduction_id` is that introduction,
    and `third_id` the third person's id: emails go to the address that they have, and `email` is empty.
    """

    id: int
    catchup_id: int
    asked_by: int
    name: str
    email: str
    language: str
    role: GuestRole
    state: SeatState
    key: str
    let_in: bool
    waits: bool
    put_off: bool
    told_start: datetime | None
    attendance: str | None
    came_at: datetime | None
    introduction_id: int | None = None
    third_id: int | None = None

    @property
    def person(self) -> str:
        """What names the guest in the call."""
        return f"{GUEST_PREFIX}{self.id}"


def next_state(state: SeatState, event: SeatEvent) -> SeatState:
    """Raises SeatOver where the event changes nothing."""
    if (state, event) not in TRANSITIONS:
        raise SeatOver
    return TRANSITIONS[state, event][1]


def seat_id_of(person: str) -> int | None:
    """The id of the seat of whom the call calls `person`; None for one of the two."""
    number = person.removeprefix(GUEST_PREFIX)
    return int(number) if number != person and number.isascii() and number.isdecimal() else None


def check_guest(draft: GuestDraft, own_emails: Iterable[str]) -> GuestDraft:
    """The draft without extra spaces. `own_emails` are those of the two.

    Raises InvalidInput for the field that must be corrected.
    """
    try:
        name = check_name(draft.name)
    except InvalidInput as problem:
        raise InvalidInput("guest_name", problem.sentence, **problem.values) from problem
    try:
        email = check_email(draft.email)
    except InvalidInput as problem:
        raise InvalidInput("guest_email", problem.sentence, **problem.values) from problem
    if email_key(email) in map(email_key, own_emails):
        raise InvalidInput("guest_email", N_("This is the address of one of you two. The seat is for a third person."))
    if draft.role not in ROLES or draft.language not in LANGUAGES:
        raise InvalidInput("guest_role", N_("Please choose one from the list."))
    return GuestDraft(name, email, draft.role, draft.language)


def check_seatable(booking: Booking, now: datetime) -> None:
    """Returns while the booking has a seat for a third person. Raises NoGuestSeat."""
    if booking.medium is not Medium.VIDEO or booking.state not in LIVE or now >= booking.end:
        raise NoGuestSeat


def agreeing(entries: Iterable[Choice]) -> frozenset[int]:
    """The ids of those whose consent stands after these entries of the ledger, oldest first, about one seat."""
    begins, ends = {ChoiceKind.AGREED_GUEST, ChoiceKind.TOOK_SEAT}, {ChoiceKind.ENDED_GUEST, ChoiceKind.LEFT_SEAT}
    return standing_people(entries, begins, ends)


def wanted_by(seat: GuestSeat, mentor_id: int, mentee_id: int) -> frozenset[int]:
    """The ids of those whose consents must stand before the seat's call is open to the third person."""
    return frozenset({mentor_id, mentee_id} | ({seat.third_id} if seat.third_id is not None else set()))


def reminders_of(booking: Booking, now: datetime) -> Mapping[str, datetime]:
    """When the guest is reminded, by the kind of the email: as the two are."""
    due = {kind: booking.start - before for kind, before in REMINDERS.items()}
    return {kind: at for kind, at in due.items() if at > now + AGREED_JUST_NOW}


def ended_by_time(booking: Booking | None, now: datetime) -> SeatEvent | None:
    """What ends a seat by itself now, if anything does; `booking` is the one that its catch-up has, if it has one."""
    if booking is None or booking.medium is not Medium.VIDEO:
        return E.CALLED_OFF
    return E.TIME_OVER if now >= booking.end + STAYS_AFTER else None


class Door(StrEnum):
    """Where a guest stands before the call."""

    OUTSIDE = "outside"
    WAITS = "waits"
    PUT_OFF = "put_off"
    OPEN = "open"
    IN = "in"


def door_of(seat: GuestSeat) -> Door:
    if seat.attendance is not None:
        return Door.IN
    if seat.let_in:
        return Door.OPEN
    if not seat.waits:
        return Door.OUTSIDE
    return Door.PUT_OFF if seat.put_off else Door.WAITS
