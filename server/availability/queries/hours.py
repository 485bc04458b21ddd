"""The page of a person's hours."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.availability.queries.free_times import PREVIEW_MINUTES, FreeTimes, free_times_within
from server.availability.rules import Hours
from server.availability.store.busy_times import BusyFeed, count_busy, feed_of
from server.availability.store.hours import hours_of
from server.db.database import Database
from server.people.rules.visitors import Visitor, check_home


@dataclass(frozen=True, slots=True)
class HoursPage:
    """The saved hours, the free times that follow from them, the person's own calendar, and how many `busy` times of it
    are to come."""

    hours: Hours
    free: FreeTimes
    feed: BusyFeed | None
    busy: int


async def read_hours_page(db: Database, visitor: Visitor, now: datetime) -> HoursPage:
    """Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.reading() as connection:
        hours = await hours_of(connection, person.id, now.astimezone(ZoneInfo(person.zone)).date())
        return HoursPage(
            hours=hours,
            free=await free_times_within(connection, hours, person, (), now, (PREVIEW_MINUTES,)),
            feed=await feed_of(connection, person.id),
            busy=await count_busy(connection, person.id, now),
        )
