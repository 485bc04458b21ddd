"""When a person is busy, by their calendar's file: the times only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, vPeriod
from icalendar import Event as Entry

from server.availability.calendar.recurrence import Moment, bound_recurrence
from server.availability.calendar.sanitize import DATES, MOMENTS, TOO_MUCH, NotACalendar, Sanitized, Sanitizer
from server.availability.rules import Interval, joined

MOST_TIMES = 4000

# In tenths of a microsecond, the unit of `bound_recurrence`: a few seconds at most.
MOST_WORK = 25_000_000
WORK_PER_ENTRY = 1200
A_DAY = timedelta(days=1)
REPEATED = {"RRULE", "RDATE", "RECURRENCE-ID"}


@dataclass(frozen=True, slots=True)
class BusyTimes:
    """The busy `times` in UTC, sorted; times that touch are one. `skipped` is how many entries could not be read."""

    times: tuple[Interval, ...]
    skipped: int


class BusyTimesReader:
    """Reads when its owner is busy in an interval from a calendar file, piece by piece.

    Whole days, and times in a zone that nobody knows, are read in `zone`. Entries that are marked as free or cancelled,
    or that the `owner` (an email address) has declined, are not busy. An entry that cannot be read is skipped.
    """

    def __init__(self, zone: str, owner: str, since: datetime, until: datetime) -> None:
        self._zone = ZoneInfo(zone)
        self._since, self._until = since.astimezone(UTC), until.astimezone(UTC)
        self._sanitizer = Sanitizer(owner, self._since.date(), self._until.date())

    def take(self, piece: bytes) -> None:
        """The next bytes of the file. Raises NotACalendar."""
        self._sanitizer.take(piece)

    def finish(self) -> BusyTimes:
        """The times, when the file is over.

        Raises NotACalendar for a file that is no calendar, has no readable entry, or takes too long to read.
        """
        found = self._sanitizer.finish()
        intervals, unread = _occupied(_series(found), self._zone, self._since, self._until)
        if found.parts and found.skipped + unread >= found.parts:
            raise NotACalendar
        for written in found.periods:
            try:
                intervals.append(_period(written, self._zone))
            except Exception:  # the library raises anything for broken periods
                unread += 1
        times = joined(
            (max(start, self._since), min(end, self._until))
            for start, end in intervals
            if start < min(end, self._until) and end > self._since
        )
        if len(times) > MOST_TIMES:
            raise NotACalendar(TOO_MUCH)
        return BusyTimes(tuple(times), found.skipped + unread)


def _series(found: Sanitized) -> list[list[Entry]]:
    """The calendar's events, grouped by UID. Raises NotACalendar."""
    try:
        entries = Calendar.from_ical(found.text).events
    except ValueError as error:
        raise NotACalendar from error
    for number, entry in enumerate(entries):
        if "UID" not in entry:
            entry.add("UID", f"without-{number}")
        if "DTEND" in entry:
            entry.pop("DURATION", None)
        if found.zones:
            _put_zones(entry, found.zones)
    by_uid = sorted(entries, key=lambda entry: str(entry["UID"]))
    return [list(group) for _, group in groupby(by_uid, key=lambda entry: str(entry["UID"]))]


def _put_zones(entry: Entry, zones: Mapping[str, tzinfo]) -> None:
    """Puts the zones that only the file explains into the entry's times."""
    for name in MOMENTS | DATES:
        values = entry.get(name, [])
        for value in values if isinstance(values, list) else [values]:
            zone = zones.get(str(value.params.get("TZID", "")))
            for each in getattr(value, "dts", [value]):
                if zone and isinstance(each.dt, datetime) and each.dt.tzinfo is None:
                    each.dt = each.dt.replace(tzinfo=zone)


def _occupied(
    series: list[list[Entry]], zone: ZoneInfo, since: datetime, until: datetime
) -> tuple[list[Interval], int]:
    """The busy times of all series that can be read, and how many entries cannot. Raises NotACalendar."""
    work = unread = 0
    occupied: list[Interval] = []
    for entries in series:
        try:
            for entry in entries:
                work += WORK_PER_ENTRY + bound_recurrence(entry, since.date(), until.date())
            found = [] if work > MOST_WORK else _occurrences(entries, zone, since, until)
            intervals = [_interval(entry, zone) for entry in found if _is_busy(entry)]
        except Exception:  # the library raises anything for broken entries
            unread += len(entries)
            continue
        work += WORK_PER_ENTRY * len(found[1:])
        if work > MOST_WORK:
            raise NotACalendar(TOO_MUCH)
        occupied += (interval for interval in intervals if interval[0] < interval[1])
    return occupied, unread


def _occurrences(entries: list[Entry], zone: ZoneInfo, since: datetime, until: datetime) -> list[Entry]:
    """One series in this interval and a day around it. Whole days, and times without a zone, are read in `zone`."""
    if len(entries) == 1 and not entries[0].keys() & REPEATED:
        return entries
    calendar = Calendar()
    for entry in entries:
        calendar.add_component(entry)
    between = (since - A_DAY).astimezone(zone), (until + A_DAY).astimezone(zone)
    return list(recurring_ical_events.of(calendar).between(*between))


def _is_busy(entry: Entry) -> bool:
    return str(entry.get("TRANSP", "")).upper() != "TRANSPARENT" and str(entry.get("STATUS", "")).upper() != "CANCELLED"


def _interval(entry: Entry, zone: ZoneInfo) -> Interval:
    return _instant(entry.start, zone), _instant(entry.end, zone)


def _period(written: str, zone: ZoneInfo) -> Interval:
    """A period of a free/busy part: from one time to another, or for so long."""
    start, end = vPeriod.from_ical(written)  # type: ignore[no-untyped-call] # icalendar's own gap
    begins = _instant(start, zone)
    return begins, begins + end if isinstance(end, timedelta) else _instant(end, zone)


def _instant(at: Moment, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone).astimezone(UTC)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
