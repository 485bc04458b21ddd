"""The description of a time zone that calendars want: the changes of its clocks around some time.

The library's own description lets clocks go forward an hour late, so the changes are looked up here.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

UTC_NAMES = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu"})
_STEP = timedelta(days=1)


@lru_cache(maxsize=64)
def describe_zone(name: str, first_year: int, last_year: int) -> Timezone:
    """A VTIMEZONE that is right for every time in these years."""
    zone = ZoneInfo(name)
    begins, ends = datetime(first_year, 1, 1, tzinfo=UTC) - _STEP, datetime(last_year + 1, 1, 1, tzinfo=UTC) + _STEP
    described = Timezone()
    described.add("TZID", name)
    described.add_component(_observance(zone, begins, begins.astimezone(zone).utcoffset()))
    at = begins
    while at < ends:
        before, at = at, at + _STEP
        if before.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            change = _change_between(zone, before, at)
            described.add_component(_observance(zone, change, before.astimezone(zone).utcoffset()))
    return described


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _observance(zone: ZoneInfo, change: datetime, old: timedelta | None) -> TimezoneStandard | TimezoneDaylight:
    """What holds from that change on; its start is given by the clocks as they were before."""
    local = change.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("DTSTART", (change + (old or timedelta())).replace(tzinfo=None))
    part.add("TZOFFSETFROM", old)
    part.add("TZOFFSETTO", local.utcoffset())
    part.add("TZNAME", local.tzname())
    return part
