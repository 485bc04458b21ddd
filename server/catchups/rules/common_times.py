"""Free times of the two to choose by a tap: what suits both, as far as each shows it, and no more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from server.availability.rules import (
    WEEKDAYS,
    DaysOff,
    Hours,
    Interval,
    Share,
    TakenTimes,
    WeeklyHours,
    free_times,
    has_time,
    spread,
)
from server.catchups.rules.drafts import LENGTHS
from server.i18n.dates import field_time

# How many times of a day those show who show a few.
FEW = 3
MOST_TIMES = 2000
LONGEST_FIRST = sorted(LENGTHS, reverse=True)
HOUR = timedelta(hours=1)
HALF_HOUR = timedelta(minutes=30)
# Where nobody's hours are known: from eight to eight, and not while it is night for the other.
USUAL = Hours(tuple(WeeklyHours(day, 8 * 60, 20 * 60) for day in range(WEEKDAYS)), ())
AWAKE = Hours(tuple(WeeklyHours(day, 7 * 60, 22 * 60) for day in range(WEEKDAYS)), ())
ALWAYS = Hours(tuple(WeeklyHours(day, 0, 24 * 60) for day in range(WEEKDAYS)), ())


class Basis(StrEnum):
    """What the times go by: both people's hours, the other's alone, the reader's alone, or neither's."""

    BOTH = "both"
    OTHER = "other"
    OWN = "own"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a person could meet: their hours (on the clocks of `days_off.zone`), what is `taken`, and days off."""

    hours: Hours
    taken: tuple[Interval, ...]
    days_off: DaysOff

    @property
    def known(self) -> bool:
        return bool(self.hours.weekly or self.hours.days)

    def starts(
        self, minutes: int, since: datetime, until: datetime, step: timedelta = HALF_HOUR
    ) -> tuple[datetime, ...]:
        """When a call of that many minutes could start."""
        hours, zone, length = self.hours, self.days_off.zone, timedelta(minutes=minutes)
        found = free_times(
            hours.weekly, hours.days, self.taken, zone, minutes, since, until, step=step, limit=MOST_TIMES
        )
        return tuple(start for start in found if not self.days_off.covers(start, start + length))

    def longest(self, start: datetime, busy: TakenTimes) -> int:
        """The longest call in minutes that could start then; 0 for none. `busy` is what is taken.

        The longest come first: where one fits, all shorter ones do, and most often it is the first."""
        return next((length for length in LONGEST_FIRST if self._has(start, length, busy)), 0)

    def _has(self, start: datetime, minutes: int, busy: TakenTimes) -> bool:
        end = start + timedelta(minutes=minutes)
        if busy.overlaps(start, end) or self.days_off.covers(start, end):
            return False
        return has_time(self.hours, self.days_off.zone, start, minutes)


@dataclass(frozen=True, slots=True)
class CommonTime:
    """`longest` is for how many minutes it suits, at the most."""

    start: datetime
    longest: int


@dataclass(frozen=True, slots=True)
class CommonTimes:
    """What is shown to one of the two of the times from `since` to `until`, the earliest first."""

    basis: Basis
    times: tuple[CommonTime, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A time of a week's picture: `typed` is how the reader would type it, `other_day` the day on the other's clocks
    where that is not the reader's."""

    start: datetime
    longest: int
    typed: str
    other_day: date | None


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """The days of one week that can be chosen, each with its times."""

    days: tuple[tuple[date, tuple[WeekTime, ...]], ...]

    @property
    def first(self) -> date:
        return self.days[0][0]

    @property
    def last(self) -> date:
        return self.days[-1][0]

    @property
    def empty(self) -> bool:
        return not any(times for _, times in self.days)


def shown_by(person: Timetable, share: Share, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """All that this person shows, to anybody who looks: it depends on nobody else's hours, and the few times of a day
    are the same ones as that day goes by."""
    if share is Share.NOTHING or not person.known:
        return ()
    if share is Share.ALL:
        return person.starts(min(LENGTHS), since, until)
    zone = ZoneInfo(person.days_off.zone)
    first, last = (datetime.combine(at.astimezone(zone).date(), time(), zone) for at in (since, until))
    whole = first.astimezone(UTC), (last + timedelta(days=1)).astimezone(UTC)
    by_length = [person.starts(length, *whole) for length in LONGEST_FIRST]
    few: dict[date, tuple[datetime, ...]] = {}
    for starts in by_length:
        for day, of_day in groupby(starts, lambda at: at.astimezone(zone).date()):
            # The longest that fits on a day says which: then the same few are shown for every length.
            few.setdefault(day, spread(tuple(of_day), person.days_off.zone, FEW))
    soon = (start for starts in few.values() for start in starts if since <= start < until)
    return tuple(sorted(soon))


def common_times(
    mine: Timetable,
    theirs: Timetable | None,
    share: Share,
    since: datetime,
    until: datetime,
    other_zone: str | None = None,
) -> CommonTimes:
    """The times for me, one of the two, to choose from. `share` says what the other shows of `theirs`.

    Where that is nothing, their hours have no part in it. `other_zone` is theirs, if it is known.
    """
    if theirs is None or share is Share.NOTHING or not theirs.known:
        return _alone(mine, other_zone, since, until)
    shown = shown_by(theirs, share, since, until)
    if not mine.known:
        mine = Timetable(ALWAYS, mine.taken, mine.days_off)
        return CommonTimes(Basis.OTHER, tuple(_suiting(shown, (mine, theirs))), since, until)
    candidates = {*shown, *(mine.starts(min(LENGTHS), since, until) if share is Share.ALL else ())}
    return CommonTimes(Basis.BOTH, tuple(_suiting(candidates, (mine, theirs))), since, until)


def weeks_of(found: CommonTimes, zone: str, other_zone: str, first_weekday: int) -> tuple[CalendarWeek, ...]:
    """Every day from `since` to `until` on the clocks of `zone`, in weeks that begin on `first_weekday` (0: Monday)."""
    local, theirs = ZoneInfo(zone), ZoneInfo(other_zone)
    by_day: dict[date, list[WeekTime]] = {}
    for each in found.times:
        at, elsewhere = each.start.astimezone(local), each.start.astimezone(theirs).date()
        # A field for a time cannot tell the second of two same times from the first, when the clocks go back.
        if not at.fold:
            other_day = elsewhere if elsewhere != at.date() else None
            shown = WeekTime(each.start, each.longest, field_time(each.start, zone), other_day)
            by_day.setdefault(at.date(), []).append(shown)
    first, last = found.since.astimezone(local).date(), found.until.astimezone(local).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    by_week = groupby(days, lambda day: (day.toordinal() - 1 - first_weekday) // WEEKDAYS)
    return tuple(CalendarWeek(tuple((day, tuple(by_day.get(day, ()))) for day in of_week)) for _, of_week in by_week)


def _alone(mine: Timetable, other_zone: str | None, since: datetime, until: datetime) -> CommonTimes:
    if mine.known:
        starts = mine.starts(min(LENGTHS), since, until)
        return CommonTimes(Basis.OWN, tuple(_suiting(starts, (mine,))), since, until)
    mine = Timetable(USUAL, mine.taken, mine.days_off)
    starts = mine.starts(min(LENGTHS), since, until, HOUR)
    if other_zone is not None:
        starts = tuple(start for start in starts if has_time(AWAKE, other_zone, start, HOUR.seconds // 60))
    return CommonTimes(Basis.USUAL, tuple(_suiting(starts, (mine,))), since, until)


def _suiting(starts: Iterable[datetime], timetables: Sequence[Timetable]) -> Iterator[CommonTime]:
    busy = [TakenTimes(each.taken) for each in timetables]
    for start in sorted(starts):
        longest = min(each.longest(start, taken) for each, taken in zip(timetables, busy, strict=True))
        if longest:
            yield CommonTime(start, longest)
