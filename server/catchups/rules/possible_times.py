"""The possible times of an offer as one of the two finds them: which are left, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.catchups.rules.bookings import Booking, overlap
from server.catchups.rules.offers import Offer


class TimeConflict(StrEnum):
    """Why a time cannot be chosen: it is over, one has another catch-up then, or the one who asked has."""

    PASSED = "passed"
    OWN = "own"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class PossibleTime:
    """`booking` is one's own that stands in the way, if that is what does."""

    start: datetime
    conflict: TimeConflict | None = None
    booking: Booking | None = None


def possible_times(
    offer: Offer, own: Iterable[Booking], theirs: Iterable[Booking], now: datetime
) -> tuple[PossibleTime, ...]:
    """The offer's times, the earliest first. `own` and `theirs` are what the one who was asked, and the one who asked,
    have agreed to; the booking that the offer asks to move gives way."""
    mine, others = _in_the_way(offer, own), _in_the_way(offer, theirs)
    return tuple(_possible(offer, start, mine, others, now) for start in sorted(offer.starts))


def _in_the_way(offer: Offer, bookings: Iterable[Booking]) -> tuple[Booking, ...]:
    return tuple(booking for booking in bookings if booking.id != offer.moves_id)


def _possible(
    offer: Offer, start: datetime, mine: tuple[Booking, ...], others: tuple[Booking, ...], now: datetime
) -> PossibleTime:
    if start <= now:
        return PossibleTime(start, TimeConflict.PASSED)
    for booking in mine:
        if overlap(start, offer.minutes, booking):
            return PossibleTime(start, TimeConflict.OWN, booking)
    taken = any(overlap(start, offer.minutes, booking) for booking in others)
    return PossibleTime(start, TimeConflict.TAKEN if taken else None)
