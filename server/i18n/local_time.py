"""Days and clocks where somebody is."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_in(zone: str, at: datetime) -> date:
    """The day that it is in this zone at this time."""
    return at.astimezone(ZoneInfo(zone)).date()


def next_clock(clock: time, zone: str, after: datetime) -> datetime:
    """When the clocks of this zone show this time next, later than `after`."""
    local = after.astimezone(ZoneInfo(zone))
    same_day = datetime.combine(local.date(), clock, local.tzinfo)
    return same_day if same_day > local else datetime.combine(local.date() + timedelta(days=1), clock, local.tzinfo)
