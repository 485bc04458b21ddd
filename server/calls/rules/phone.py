"""A phone number is lent for one catch-up: to the other of the two, and for its time only."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catchups.rules.bookings import LIVE, Booking
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import Door
from server.catchups.rules.ledger import FALLS, Choice, ChoiceKind
from server.catchups.rules.offers import Medium
from server.people.rules.people import BothPeople

# As the wording says that people agree to, however early a call may be entered.
EARLIEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number as its owner typed it, and as a telephone dials it; both empty when none was given."""

    typed: str
    dialled: str


def by_phone(booking: Booking) -> bool:
    """Whether the two agreed to the phone, at first or where video fails, and did not call it off or move it."""
    return booking.state in LIVE and (booking.medium is Medium.PHONE or booking.phone_fallback)


def lent_number(both: BothPeople, booking: Booking, person_id: int, door: Door, now: datetime) -> Number | None:
    """The other's number as `person_id` may see it now; None when not: no number is shown but by this.

    From `lent_from` until the booking's end, to the two of a catch-up that is by phone.
    """
    if person_id not in (both.mentor.id, both.mentee.id) or not by_phone(booking):
        return None
    if not lent_from(booking, door) <= now < booking.end:
        return None
    typed = both.other(person_id).phone
    return Number(typed, dialled(typed))


def lent_from(booking: Booking, door: Door) -> datetime:
    """From when the numbers are shown: when the door opens, at most a quarter of an hour before."""
    return booking.start - min(door.early, EARLIEST)


def dialled(typed: str) -> str:
    """The number with nothing but its digits, and the plus before a country's code.

    A zero in brackets after that code is for those who call from within the country, and not dialled.
    """
    return re.sub(r"[^+0-9]", "", typed.replace("(0)", "") if typed.startswith("+") else typed)


def allowing(choices: Iterable[Choice]) -> frozenset[int]:
    """The ids of those who would go on by phone, after these choices, oldest first, about one offer."""
    standing: set[int] = set()
    for choice in choices:
        if choice.kind is ChoiceKind.ALLOWED_PHONE:
            standing.add(choice.person_id)
        elif choice.kind is ChoiceKind.DISALLOWED_PHONE or choice.kind in FALLS:
            standing.discard(choice.person_id)
    return frozenset(standing)


def fallback_stands(choices: Iterable[Choice], people: Collection[int]) -> bool:
    """Whether all `people` would go on by phone, after these choices, oldest first, about one offer."""
    return set(people) <= allowing(choices)


def check_changeable(booking: Booking, now: datetime) -> None:
    """Returns while one can say whether one would go on by phone: until a catch-up by video is over.

    Raises BookingOver.
    """
    if booking.medium is not Medium.VIDEO or booking.state not in LIVE or now >= booking.end:
        raise BookingOver
