"""Two other times for somebody who cannot make it, found before they ask, so that one tap is enough."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from server.availability.rules import Interval, joined
from server.catchups.rules.bookings import Booking

DAYS = (1, 7)
LATEST = timedelta(hours=3)
QUARTER = timedelta(minutes=15)


def two_times(booking: Booking, zone: str, taken: Iterable[Interval]) -> tuple[datetime, ...]:
    """The day after the booking and a week after it, at the same time of day in `zone`: aware UTC times.

    Where that is taken, up to three hours later, on a quarter of an hour; else on the next day that has room.
    """
    busy, found = list(taken), []
    for days in DAYS:
        at = _free(booking, ZoneInfo(zone), days, joined(each for each in busy if each[0] < each[1]))
        busy.append((at, at + timedelta(minutes=booking.minutes)))
        found.append(at)
    return tuple(sorted(found))


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
