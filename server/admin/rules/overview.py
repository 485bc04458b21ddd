"""The overview: the weeks that it shows, and how its bars are drawn."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.admin.rules.history import SLOT_HOURS, WeekSlot
from server.i18n.local_time import day_in

WEEKS = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Whole days, Monday to Sunday; the last one goes on."""

    first: date
    last: date


def last_weeks(now: datetime, zone: str) -> tuple[Week, ...]:
    """The last WEEKS weeks in this zone, oldest first, with the one that goes on."""
    today = day_in(zone, now)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - number * WEEK for number in reversed(range(WEEKS))]
    return tuple(Week(first, first + WEEK - timedelta(days=1)) for first in mondays)


def share(part: int, whole: int) -> float:
    """How much of a hundred the part is, for the length of a bar."""
    return round(100 * part / whole, 1) if whole else 0.0


def by_week_slot(starts: Iterable[tuple[datetime, int]], zone: str) -> Mapping[WeekSlot, int]:
    """How many of these times are in each slot of the week in this zone; each time comes with how many there are."""
    found: Counter[WeekSlot] = Counter()
    for start, count in starts:
        here = start.astimezone(ZoneInfo(zone))
        found[WeekSlot(here.weekday(), here.hour - here.hour % SLOT_HOURS)] += count
    return found
