"""When a person is busy, by their calendar's file: the times only."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar import Event as Entry

from server.availability.calendar.recurrence import Moment, bound_recurrence
from server.availability.calendar.sanitize import TOO_MUCH, NotACalendar, sanitize
from server.availability.rules import Interval, joined

MOST_TIMES = 2000

# In tenths of a microsecond, the unit of `bound_recurrence`: a few seconds at most.
MOST_WORK = 25_000_000
WORK_PER_ENTRY = 1200
A_DAY = timedelta(days=1)
REPEATED = {"RRULE", "RDATE", "RECURRENCE-ID"}


def busy_times(file: bytes, zone: str, since: datetime, until: datetime) -> tuple[Interval, ...]:
    """The busy times in this interval, in UTC, sorted; times that touch become one.

    Whole days, and times in a zone that only the file itself describes, are read in `zone`. Entries that are marked
    as free or cancelled are not busy. An entry that cannot be read is left out. Raises NotACalendar for a file that is
    no calendar, has no readable entry, or takes too long to read.
    """
    begins, ends = since.astimezone(UTC), until.astimezone(UTC)
    occupied = _occupied(_entries(file), ZoneInfo(zone), begins, ends)
    times = joined((max(start, begins), min(end, ends)) for start, end in occupied if start < ends and end > begins)
    if len(times) > MOST_TIMES:
        raise NotACalendar(TOO_MUCH)
    return tuple(times)


def _entries(file: bytes) -> list[list[Entry]]:
    """The calendar's events, grouped by UID. Raises NotACalendar."""
    try:
        entries = Calendar.from_ical(sanitize(file)).events
    except ValueError as error:
        raise NotACalendar from error
    for number, entry in enumerate(entries):
        if "UID" not in entry:
            entry.add("UID", f"without-{number}")
        if "DTEND" in entry:
            entry.pop("DURATION", None)
    by_uid = sorted(entries, key=lambda entry: str(entry["UID"]))
    return [list(group) for _, group in groupby(by_uid, key=lambda entry: str(entry["UID"]))]


def _occupied(series: list[list[Entry]], zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Interval]:
    """The busy times of all series that can be read. Raises NotACalendar."""
    work = read = 0
    for entries in series:
        try:
            for entry in entries:
                work += WORK_PER_ENTRY + bound_recurrence(entry, since.date(), until.date())
            found = [] if work > MOST_WORK else _occurrences(entries, zone, since, until)
            intervals = [_interval(entry, zone) for entry in found if _is_busy(entry)]
        except Exception:  # noqa: S112 (the library raises anything for broken entries)
            continue
        work += WORK_PER_ENTRY * len(found[1:])
        if work > MOST_WORK:
            raise NotACalendar(TOO_MUCH)
        read += 1
        yield from (interval for interval in intervals if interval[0] < interval[1])
    if series and not read:
        raise NotACalendar


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


def _instant(at: Moment, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone).astimezone(UTC)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
