"""A booking: the agreed catch-up that an accepted offer becomes. Its states, and what follows from each change of them.

    confirmed -> cancelled | rescheduled | held | missed
    held -> cancelled

Both were in its call, or both say that they spoke by phone: held. Its time is over and they were not: missed. One of
them withdraws (until its time is over, also during the call), or undoes the acceptance, or those who run the scheme
call it off before it begins: cancelled. One asked to move it
and the other accepts another time: rescheduled, and a booking of that time takes its place; a booking that was missed
by then stays missed.

`apply` is the only way from one state to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from server.catchups.rules import offers
from server.catchups.rules.drafts import Medium
from server.catchups.rules.effects import Effects, Notice
from server.catchups.rules.errors import BookingOver, NotYoursToDecide
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.rules.ledger import ChoiceKind, NewChoice, Statement
from server.catchups.rules.offers import Offer, OfferEvent, OfferTransition
from server.errors import InvalidInput
from server.i18n.texts import N_

DELAYS = (5, 10, 15)
REMINDERS: Mapping[str, timedelta] = {"reminder_day": timedelta(days=1), "reminder_soon": timedelta(minutes=15)}
# Somebody who has just agreed needs no reminder of it.
AGREED_JUST_NOW = timedelta(minutes=30)
# By how much two people can agree in the call to make it longer.
MOST_EXTRA = 60


class BookingState(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    HELD = "held"
    MISSED = "missed"


LIVE = frozenset({BookingState.CONFIRMED, BookingState.HELD})
CALLED_OFF = frozenset({BookingState.CANCELLED, BookingState.RESCHEDULED})


class BookingEvent(StrEnum):
    WITHDRAW = "withdraw"
    ACCEPTANCE_UNDONE = "acceptance_undone"
    CALL_OFF = "call_off"
    RESCHEDULE = "reschedule"
    BOTH_PRESENT = "both_present"
    BOTH_SPOKE = "both_spoke"
    TIME_OVER = "time_over"


BookingSide = Literal["either", "clock", "system"]
PairSide = Literal["mentor", "mentee"]

TRANSITIONS: Mapping[tuple[BookingState, BookingEvent], tuple[BookingSide, BookingState]] = {
    (BookingState.CONFIRMED, BookingEvent.WITHDRAW): ("either", BookingState.CANCELLED),
    (BookingState.HELD, BookingEvent.WITHDRAW): ("either", BookingState.CANCELLED),
    (BookingState.CONFIRMED, BookingEvent.ACCEPTANCE_UNDONE): ("system", BookingState.CANCELLED),
    (BookingState.CONFIRMED, BookingEvent.CALL_OFF): ("system", BookingState.CANCELLED),
    (BookingState.CONFIRMED, BookingEvent.RESCHEDULE): ("system", BookingState.RESCHEDULED),
    (BookingState.MISSED, BookingEvent.RESCHEDULE): ("system", BookingState.MISSED),
    (BookingState.CONFIRMED, BookingEvent.BOTH_PRESENT): ("system", BookingState.HELD),
    (BookingState.CONFIRMED, BookingEvent.BOTH_SPOKE): ("system", BookingState.HELD),
    (BookingState.CONFIRMED, BookingEvent.TIME_OVER): ("clock", BookingState.MISSED),
}


@dataclass(frozen=True, slots=True)
class BookingConsequence:
    """What follows from an event: the choice in the ledger, the status of the calendar event, the email to both, and
    whether the reminders are dropped and the wish to move the booking ends."""

    choice: ChoiceKind | None = None
    calendar: Status | None = None
    email: str | None = None
    drops_reminders: bool = False
    ends_wish: bool = False


CONSEQUENCES: Mapping[BookingEvent, BookingConsequence] = {
    BookingEvent.WITHDRAW: BookingConsequence(
        ChoiceKind.WITHDREW, Status.CANCELLED, "booking_cancelled", drops_reminders=True, ends_wish=True
    ),
    BookingEvent.CALL_OFF: BookingConsequence(
        None, Status.CANCELLED, "booking_called_off", drops_reminders=True, ends_wish=True
    ),
    # The emails about these two are those of the offer that is open again, and of the booking that takes its place.
    BookingEvent.ACCEPTANCE_UNDONE: BookingConsequence(drops_reminders=True),
    BookingEvent.RESCHEDULE: BookingConsequence(drops_reminders=True),
    BookingEvent.BOTH_PRESENT: BookingConsequence(ends_wish=True),
    BookingEvent.BOTH_SPOKE: BookingConsequence(ends_wish=True),
    BookingEvent.TIME_OVER: BookingConsequence(),
}


@dataclass(frozen=True, slots=True)
class Booking:
    """`start` is aware UTC. `phone_fallback`: both would go on by phone where video fails.

    `extra_minutes` are those that both agreed to in the call; `more_time_asked_by` is which of them asks for more.
    """

    id: int
    catchup_id: int
    offer_id: int
    start: datetime
    minutes: int
    medium: Medium
    state: BookingState
    phone_fallback: bool = False
    extra_minutes: int = 0
    more_time_asked_by: PairSide | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes + self.extra_minutes)

    def stands(self, now: datetime) -> bool:
        """Whether it is agreed and its time is not over: then people can still be late for it, or move it."""
        return self.state is BookingState.CONFIRMED and now < self.end

    def invitation(self, status: Status, sequence: int) -> Invitation:
        """Its event."""
        return Invitation(status, sequence, self.start, self.minutes, self.medium)


@dataclass(frozen=True, slots=True)
class BookingTransition(Effects):
    """A booking's new `state`, and what follows; `wish` is what happens to the offer that asks to move it."""

    booking: Booking
    state: BookingState
    wish: OfferTransition | None = None
    drops_reminders: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """An email before a booking, by its kind."""

    recipient_id: int
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NewBooking(Effects):
    """The booking that an accepted offer becomes, and what follows."""

    offer: Offer
    start: datetime
    medium: Medium
    phone_fallback: bool
    reminders: tuple[Reminder, ...]


def apply(
    booking: Booking,
    event: BookingEvent,
    now: datetime,
    by: Statement | None = None,
    *,
    both: tuple[int, ...] = (),
    wish: Offer | None = None,
) -> BookingTransition:
    """What `event` does to the booking. `by` is what a person says with it, None for the clock and the system.

    `both` are the ids of its people, `wish` is the open offer that asks to move it. Raises BookingOver, or
    NotYoursToDecide.
    """
    state = _next_state(booking, event, now, by, both)
    follows = CONSEQUENCES[event]
    return BookingTransition(
        booking,
        state,
        offers.apply(wish, OfferEvent.BOOKING_ENDED, now) if wish and follows.ends_wish else None,
        follows.drops_reminders,
        choices=(NewChoice(follows.choice, by),) if follows.choice and by else (),
        notices=tuple(Notice(person, follows.email) for person in both) if follows.email else (),
        calendar=follows.calendar,
    )


def agree(offer: Offer, start: datetime, medium: Medium, phone_fallback: bool, now: datetime) -> NewBooking:
    """The booking that the offer becomes: both get an email now, and reminders later."""
    both, moves = (offer.author_id, offer.recipient_id), offer.moves_id is not None
    return NewBooking(
        offer,
        start,
        medium,
        phone_fallback,
        tuple(reminder for person in both for reminder in _reminders(person, start, now)),
        notices=tuple(Notice(person, "booking_moved" if moves else "offer_accepted") for person in both),
        calendar=Status.CONFIRMED,
    )


def agreed_together(booking: NewBooking) -> NewBooking:
    """The same, with one email to each about all that was agreed at once."""
    return replace(booking, notices=tuple(replace(each, kind="offers_accepted") for each in booking.notices))


def run_late(booking: Booking, minutes: int, other_id: int, now: datetime) -> BookingTransition:
    """One of the two says how late they will be, and the other gets an email: until the catch-up is over.

    Raises InvalidInput or BookingOver.
    """
    if minutes not in DELAYS:
        raise InvalidInput("minutes", N_("Please choose how many minutes late you will be."))
    if not booking.stands(now):
        raise BookingOver
    return BookingTransition(booking, booking.state, notices=(Notice(other_id, "running_late"),))


def may_be_moved(booking: Booking, now: datetime) -> None:
    """Returns when another time may be asked for: until its own is over. Raises BookingOver."""
    if not booking.stands(now):
        raise BookingOver


def overlap(start: datetime, minutes: int, other: Booking) -> bool:
    """Whether a catch-up at `start` would run into the other booking."""
    return start < other.end and other.start < start + timedelta(minutes=minutes)


def _next_state(
    booking: Booking, event: BookingEvent, now: datetime, by: Statement | None, both: tuple[int, ...]
) -> BookingState:
    transition = TRANSITIONS.get((booking.state, event))
    if transition is None:
        raise BookingOver
    side, state = transition
    decides = by is None if side != "either" else by is not None and by.person_id in both
    if not decides:
        raise NotYoursToDecide
    if by is not None and now >= booking.end:
        raise BookingOver
    return state


def _reminders(person_id: int, start: datetime, now: datetime) -> tuple[Reminder, ...]:
    """A day and a quarter of an hour before, unless that is almost now."""
    due = {kind: start - before for kind, before in REMINDERS.items()}
    return tuple(Reminder(person_id, kind, at) for kind, at in due.items() if at > now + AGREED_JUST_NOW)
