"""When a mentor has time: weekly hours, single days that differ, and what is free of them.

Hours are local times, so nine o'clock stays nine o'clock when the clocks change. A local time that is skipped then
does not exist, one that comes twice is taken the first time, and a call takes its minutes of real time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby, islice, pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from server.errors import InvalidInput
from server.i18n.texts import N_

DAY = 24 * 60
WEEKDAYS = 7
STEP = timedelta(minutes=30)
MOST_TIMES = 500
SUGGESTED = 3
MOST_DAYS = 100

Interval = tuple[datetime, datetime]
Point = TypeVar("Point", int, datetime)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Each week from `begins` to `ends`, in minutes from local midnight. `weekday` is 0 on Mondays."""

    weekday: int
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of one day in place of the weekly hours; both None: no time at all. A day may have several."""

    day: date
    begins: int | None = None
    ends: int | None = None

    @property
    def closed(self) -> bool:
        return self.begins is None or self.ends is None


@dataclass(frozen=True, slots=True)
class Hours:
    """Sorted from Monday to Sunday, and by date."""

    weekly: tuple[WeeklyHours, ...]
    days: tuple[DayHours, ...]


class Share(StrEnum):
    """How many of their free times somebody shows the other: none, a few of each day, or all."""

    NOTHING = "nothing"
    FEW = "few"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Break:
    """A time away, from the day `first` to the day `last`, both included, in the zone of the person who is away."""

    first: date
    last: date
    id: int | None = None


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The days on which somebody cannot meet at all: breaks, and single days without hours, in `zone`."""

    zone: str
    breaks: tuple[Break, ...]
    closed: frozenset[date] = frozenset()

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether a call from `start` to `end` falls on one of these days, wholly or in part."""
        zone = ZoneInfo(self.zone)
        first, last = start.astimezone(zone).date(), (end - timedelta(minutes=1)).astimezone(zone).date()
        return any(each.first <= last and first <= each.last for each in self.breaks) or not self.closed.isdisjoint(
            (first, last)
        )


def check_hours(hours: Sequence[WeeklyHours], days: Sequence[DayHours]) -> None:
    """Raises InvalidInput about hours or days."""
    if any(not 0 <= each.weekday < WEEKDAYS for each in hours):
        raise InvalidInput("hours", N_("Please choose a day of the week."))
    if len(days) > MOST_DAYS:
        raise InvalidInput("days", N_("Please enter at most %(most)s single days."), most=MOST_DAYS)
    for weekday in range(WEEKDAYS):
        _check_spans("hours", [(each.begins, each.ends) for each in hours if each.weekday == weekday])
    for day in sorted({each.day for each in days}):
        of_day = [each for each in days if each.day == day]
        if any((each.begins is None) != (each.ends is None) for each in of_day):
            raise InvalidInput("days", N_("Please enter both when your time begins and when it ends."))
        if len(of_day) > 1 and any(each.closed for each in of_day):
            raise InvalidInput(
                "days", N_("One day is listed twice, once with times and once without. Please remove one of the two.")
            )
        _check_spans("days", _spans(of_day))


def free_times(
    hours: Sequence[WeeklyHours],
    days: Sequence[DayHours],
    busy: Iterable[Interval],
    zone: str,
    minutes: int,
    since: datetime,
    until: datetime,
    step: timedelta = STEP,
    notice: timedelta = timedelta(0),
    limit: int = MOST_TIMES,
) -> tuple[datetime, ...]:
    """When a call of that many minutes could start: aware UTC times, the earliest first, at most `limit`.

    Each call lies wholly within the hours of one day, overlaps nothing `busy`, starts `notice` after `since` or later
    and is over by `until`. Starts are whole steps (minutes) from the beginning of the hours.
    """
    taken, length, local = TakenTimes(busy), timedelta(minutes=minutes), ZoneInfo(zone)
    free = (
        start
        for span in _spans_between(since.astimezone(local).date(), until.astimezone(local).date(), hours, days)
        for start in _starts(span, minutes, local, step)
        if since + notice <= start and start + length <= until and not taken.overlaps(start, start + length)
    )
    return tuple(islice(free, limit))


def has_time(hours: Hours, zone: str, start: datetime, minutes: int) -> bool:
    """Whether a call of that many minutes from `start` on would lie wholly within the hours of one day."""
    local = ZoneInfo(zone)
    at = start.astimezone(local)
    spans = _spans_between(at.date(), at.date(), hours.weekly, hours.days)
    return any(span.holds(at) and _stays_within(span, start, minutes, local) for span in spans)


def spread(times: Sequence[datetime], zone: str, count: int = SUGGESTED) -> tuple[datetime, ...]:
    """A few of these times to suggest: on different days if there are enough, and at different hours."""
    local = ZoneInfo(zone)
    days = [list(of_day) for _, of_day in groupby(sorted(times), lambda at: at.astimezone(local).date())]
    if len(days) < count:
        return tuple(sorted(times)[index] for index in _evenly(len(times), count))
    chosen = [days[index] for index in _evenly(len(days), count)]
    return tuple(of_day[_share(place, len(of_day), count)] for place, of_day in enumerate(chosen))


def _check_spans(field: str, spans: list[tuple[int, int]]) -> None:
    if any(not 0 <= begins <= DAY or not 0 <= ends <= DAY for begins, ends in spans):
        raise InvalidInput(field, N_("Please enter times from 00:00 to 24:00."))
    if any(ends <= begins for begins, ends in spans):
        raise InvalidInput(field, N_("The end of your time must be after its beginning. Please swap the two."))
    ordered = sorted(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise InvalidInput(field, N_("Two of your times on one day overlap. Please merge them or move one."))


def _spans(of_day: Iterable[DayHours]) -> list[tuple[int, int]]:
    return [(each.begins, each.ends) for each in of_day if each.begins is not None and each.ends is not None]


@dataclass(frozen=True, slots=True)
class _Span:
    """Hours of one day, in minutes from its midnight."""

    day: date
    begins: int
    ends: int

    def holds(self, local: datetime) -> bool:
        return local.date() == self.day and self.begins <= local.hour * 60 + local.minute < self.ends


def _spans_between(first: date, last: date, hours: Sequence[WeeklyHours], days: Sequence[DayHours]) -> Iterator[_Span]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        of_day = [each for each in days if each.day == day]
        weekly = [(each.begins, each.ends) for each in hours if each.weekday == day.weekday()]
        for begins, ends in joined(_spans(of_day) if of_day else weekly):
            yield _Span(day, begins, ends)


def _starts(span: _Span, minutes: int, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    for minute in range(span.begins, span.ends, int(step.total_seconds() // 60)):
        start = _instant(span.day, minute, zone)
        if start and _stays_within(span, start, minutes, zone):
            yield start


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """The first instant with this local time; None when there is none."""
    local = datetime.combine(day, time(*divmod(minute, 60)), zone)
    at = local.astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _stays_within(span: _Span, start: datetime, minutes: int, zone: ZoneInfo) -> bool:
    """Whether the local time stays within the span; each minute is checked only when the clocks change."""
    last = start + timedelta(minutes=minutes - 1)
    if start.astimezone(zone).utcoffset() == last.astimezone(zone).utcoffset():
        return span.holds(last.astimezone(zone))
    return all(span.holds((start + timedelta(minutes=passed)).astimezone(zone)) for passed in range(minutes))


def joined(intervals: Iterable[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    """Sorted; intervals that touch or overlap become one."""
    joined: list[tuple[Point, Point]] = []
    for begins, ends in sorted(intervals):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


class TakenTimes:
    """Busy intervals, joined and sorted, so that a look-up is quick for any number of them."""

    def __init__(self, busy: Iterable[Interval]) -> None:
        self._joined = joined(interval for interval in busy if interval[0] < interval[1])
        self._begins = [start for start, _ in self._joined]

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether something begins before `end` and is over after `start`."""
        index = bisect_left(self._begins, end)
        return index > 0 and self._joined[index - 1][1] > start


def _evenly(length: int, count: int) -> list[int]:
    """At most `count` indexes of a row of `length`, the first and the last among them."""
    return list(range(length)) if length <= count else [_share(place, length, count) for place in range(count)]


def _share(place: int, length: int, count: int) -> int:
    """The index in a row of `length` of the item number `place` when `count` items are spread evenly over it."""
    return place * (length - 1) // max(1, count - 1)
