"""The page of a person's hours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.queries.free_times import FreeTimes, free_times_within
from server.availability.rules import Hours, Share
from server.availability.store.busy_times import BusyFeed, count_busy, feed_of
from server.availability.store.hours import hours_of
from server.availability.store.sharing import shares_of
from server.db.database import Database
from server.i18n.local_time import day_in
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor, check_home
from server.people.store.people import MentorshipRow, mentorships_of


@dataclass(frozen=True, slots=True)
class HoursPage:
    """The saved hours, the free times that follow from them, the person's own calendar, and how many `busy` times of it
    are to come; and what the person shows in each of their mentorships."""

    hours: Hours
    free: FreeTimes
    feed: BusyFeed | None
    busy: int
    sharing: tuple[tuple[MentorshipRow, Share], ...]


async def read_hours_page(db: Database, visitor: Visitor, now: datetime) -> HoursPage:
    """Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.reading() as connection:
        hours = await hours_of(connection, person.id, day_in(person.zone, now))
        return HoursPage(
            hours=hours,
            free=await free_times_within(connection, hours, person, now),
            feed=await feed_of(connection, person.id),
            busy=await count_busy(connection, person.id, now),
            sharing=await _sharing(connection, person),
        )


async def _sharing(connection: AsyncConnection, person: Person) -> tuple[tuple[MentorshipRow, Share], ...]:
    rows = [
        row
        for row in await mentorships_of(connection, person)
        if row.state is not MentorshipState.ENDED and not row.other_erased
    ]
    shares = await shares_of(connection, person.id, tuple(row.id for row in rows))
    return tuple((row, shares[row.id]) for row in rows)
