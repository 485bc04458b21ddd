"""The free times of the two, read for a page where times are chosen."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.queries.free_times import AHEAD, NOTICE, taken_between
from server.availability.rules import Share
from server.availability.store.breaks import days_off_of
from server.availability.store.hours import hours_of
from server.availability.store.sharing import shares_of
from server.catchups.rules.common_times import CommonTimes, Timetable, common_times
from server.i18n.local_time import day_in
from server.people.rules.people import Person

# Whole days are looked at.
DAY = timedelta(days=1)


async def read_common_times(
    connection: AsyncConnection, person: Person, other: Person, mentorship_id: int, now: datetime
) -> CommonTimes:
    """Those for this person to choose from, in the coming weeks; of the other, what they show in the mentorship."""
    share = (await shares_of(connection, other.id, (mentorship_id,)))[mentorship_id]
    since, until = now + NOTICE, now + AHEAD
    mine = await _timetable(connection, person, (other.id,), now)
    theirs = None if share is Share.NOTHING else await _timetable(connection, other, (), now)
    return common_times(mine, theirs, share, since, until, other.zone if other.zone_known else None)


async def _timetable(connection: AsyncConnection, person: Person, others: tuple[int, ...], now: datetime) -> Timetable:
    return Timetable(
        await hours_of(connection, person.id, day_in(person.zone, now)),
        await taken_between(connection, person.id, others, now - DAY, now + AHEAD + DAY),
        await days_off_of(connection, person, now),
    )
