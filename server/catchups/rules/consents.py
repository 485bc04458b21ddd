"""Which consents stand after the choices that people made, and how each is withdrawn."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.bookings import LIVE, Booking
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.ledger import Channel, Choice, ChoiceKind

# The choices that give somebody's consent to meet, and those that end it.
GIVES = frozenset({ChoiceKind.OFFERED, ChoiceKind.ACCEPTED})
ENDS = frozenset(
    {ChoiceKind.TOOK_BACK, ChoiceKind.WITHDREW, ChoiceKind.UNDID, ChoiceKind.DECLINED, ChoiceKind.POSTPONED}
)
ENDS_PHONE = ENDS | {ChoiceKind.DISALLOWED_PHONE}


def consenting(choices: Iterable[Choice]) -> frozenset[int]:
    """The ids of the people whose consent to meet stands after these choices, oldest first, about one offer."""
    return standing_people(choices, GIVES, ENDS)


def allowing(choices: Iterable[Choice]) -> frozenset[int]:
    """The ids of those who would go on by phone, after these choices, oldest first, about one offer."""
    return standing_people(choices, {ChoiceKind.ALLOWED_PHONE}, ENDS_PHONE)


def fallback_stands(choices: Iterable[Choice], people: Collection[int]) -> bool:
    """Whether all `people` would go on by phone, after these choices, oldest first, about one offer."""
    return set(people) <= allowing(choices)


def check_changeable(booking: Booking, now: datetime) -> None:
    """Returns while people can say whether they would go on by phone: until a catch-up by video is over.

    Raises BookingOver.
    """
    if booking.medium is not Medium.VIDEO or booking.state not in LIVE or now >= booking.end:
        raise BookingOver


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """An entry of the ledger as the one who made it reads it, with what has become of the offer that it is about.

    One about a routine has no `catchup_id` and no `offer_id`; one about an introduction has no `mentorship_id` either,
    and the other is its mentor. `mentorship_id` is that of the two. One about a place in a scheme has a
    `membership_id`, the scheme's name as `other_name`, and none of these; so has one about a match, with a `match_id`.
    `waits`: the offer is one's own and still to be answered. `booking_id` is the booking that stands because of the
    offer, until `booked_until`.
    """

    id: int
    mentorship_id: int | None
    catchup_id: int | None
    offer_id: int | None
    other_id: int | None
    other_name: str
    kind: ChoiceKind
    start: datetime | None
    medium: Medium | None
    words: str
    at: datetime
    wording: str
    language: str
    channel: Channel | None
    previous_hash: str
    hash: str
    waits: bool
    booking_id: int | None
    booked_until: datetime | None
    introduction_id: int | None = None
    membership_id: int | None = None
    match_id: int | None = None

    def booked(self, now: datetime) -> bool:
        return self.booked_until is not None and now < self.booked_until


def withdrawals(own: Iterable[OwnChoice], now: datetime) -> Mapping[int, ChoiceKind]:
    """By the id of each entry that still stands, how it is withdrawn. `own` are all of one person's, oldest first.

    Those about a routine, an introduction or a scheme are changed on its page.
    """
    by_offer: dict[int, list[OwnChoice]] = defaultdict(list)
    for choice in own:
        if choice.offer_id is not None:
            by_offer[choice.offer_id].append(choice)
    found: dict[int, ChoiceKind] = {}
    for entries in by_offer.values():
        meeting = _standing(entries, GIVES, ENDS)
        if meeting and meeting.booked(now):
            found[meeting.id] = ChoiceKind.WITHDREW
        elif meeting and meeting.waits:
            found[meeting.id] = ChoiceKind.TOOK_BACK
        phone = _standing(entries, {ChoiceKind.ALLOWED_PHONE}, ENDS_PHONE)
        if phone and (phone.booked(now) or phone.waits):
            found[phone.id] = ChoiceKind.DISALLOWED_PHONE
    return found


def _standing(
    entries: Iterable[OwnChoice], begins: Iterable[ChoiceKind], ends: Iterable[ChoiceKind]
) -> OwnChoice | None:
    """The newest entry that began it, unless a later one ended it."""
    standing = None
    for entry in entries:
        if entry.kind in begins:
            standing = entry
        elif entry.kind in ends:
            standing = None
    return standing


def standing_people(
    choices: Iterable[Choice], begins: Collection[ChoiceKind], ends: Collection[ChoiceKind]
) -> frozenset[int]:
    """The ids of those who began it by a choice, and have not ended it by a later one."""
    standing: set[int] = set()
    for choice in choices:
        if choice.kind in begins:
            standing.add(choice.person_id)
        elif choice.kind in ends:
            standing.discard(choice.person_id)
    return frozenset(standing)
