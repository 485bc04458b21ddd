"""The times that somebody can choose from: those of an offer, and two others in place of a booking's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from server.availability.rules import Interval, joined
from server.catchups.rules.bookings import Booking, overlap
from server.catchups.rules.offers import Offer

DAYS_LATER = (1, 7)
LATEST = timedelta(hours=3)
QUARTER = timedelta(minutes=15)
WEEKS_AHEAD = 8


class TimeConflict(StrEnum):
    """Why a time cannot be chosen: it is over, the reader has another catch-up then, or the author has."""

    PASSED = "passed"
    OWN = "own"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class PossibleTime:
    """`booking` is the reader's own booking at that time, if that is the conflict."""

    start: datetime
    conflict: TimeConflict | None = None
    booking: Booking | None = None


def possible_times(
    offer: Offer, own: Iterable[Booking], theirs: Iterable[Booking], now: datetime
) -> tuple[PossibleTime, ...]:
    """The offer's times, the earliest first. `own` and `theirs` are what the recipient and the author of the offer
    have agreed to; the booking that the offer asks to move gives way."""
    mine, others = _without_moved(offer, own), _without_moved(offer, theirs)
    return tuple(_possible(offer, start, mine, others, now) for start in sorted(offer.starts))


def two_times(booking: Booking, zone: str, taken: Iterable[Interval]) -> tuple[datetime, ...]:
    """Two times for somebody who cannot make a booking, found before they ask, so that one tap is enough.

    They are the day after the booking and a week after it, at the same time of day in `zone`: aware UTC times. Where
    that is taken, up to three hours later, on a quarter of an hour; else on the next day that has room.
    """
    busy, found = list(taken), []
    for days in DAYS_LATER:
        at = _free(booking, ZoneInfo(zone), days, joined(each for each in busy if each[0] < each[1]))
        busy.append((at, at + timedelta(minutes=booking.minutes)))
        found.append(at)
    return tuple(sorted(found))


def same_hour(booking: Booking, zone: str, taken: Iterable[Interval], now: datetime) -> datetime | None:
    """When the two could meet next: the same time of day in `zone` in the first week after the booking in which that is
    to come and not taken; None where no week is free for long."""
    local, length = booking.start.astimezone(ZoneInfo(zone)), timedelta(minutes=booking.minutes)
    busy = list(taken)
    for week in range(1, WEEKS_AHEAD + 1):
        start = (local + timedelta(weeks=week)).replace(fold=0).astimezone(UTC)
        if start > now and not any(begins < start + length and start < ends for begins, ends in busy):
            return start
    return None


def _without_moved(offer: Offer, bookings: Iterable[Booking]) -> tuple[Booking, ...]:
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


def _free(booking: Booking, zone: ZoneInfo, days: int, busy: Sequence[Interval]) -> datetime:
    local = booking.start.astimezone(zone)
    for later in count(days):
        same = (local + timedelta(days=later)).replace(fold=0).astimezone(UTC)
        start = _past(same, timedelta(minutes=booking.minutes), busy)
        if start - same <= LATEST:
            return start
    raise AssertionError("days do not end")


def _past(start: datetime, length: timedelta, busy: Sequence[Interval]) -> datetime:
    """The first time from `start` on that runs into nothing `busy`, which is in order."""
    for begins, ends in busy:
        if begins < start + length and start < ends:
            start = _quarter_from(ends)
    return start


def _quarter_from(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at + (QUARTER - past if past else past)
