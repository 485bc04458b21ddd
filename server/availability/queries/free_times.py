"""When a person could meet: a few free times for them to look at, and what is taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Hours, Interval, free_times, spread
from server.availability.store.busy_times import busy_between
from server.availability.store.hours import hours_of
from server.catchups.store.bookings import live_between
from server.i18n.local_time import day_in
from server.people.rules.people import Person

AHEAD = timedelta(weeks=3)
NOTICE = timedelta(hours=2)
SUGGESTED = 6
PREVIEW_MINUTES = 30


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """The `preview`: some of a person's free times of the usual length. `hours_known`: there are hours to go by."""

    hours_known: bool
    preview: tuple[datetime, ...]


async def read_preview(connection: AsyncConnection, person: Person, now: datetime) -> FreeTimes:
    """This person's free times, for them to see what their hours come to."""
    hours = await hours_of(connection, person.id, day_in(person.zone, now))
    return await free_times_within(connection, hours, person, now)


async def free_times_within(connection: AsyncConnection, hours: Hours, person: Person, now: datetime) -> FreeTimes:
    """The same, by `hours` that were read before."""
    if not hours.weekly and not hours.days:
        return FreeTimes(False, ())
    until = now + AHEAD
    taken = await taken_between(connection, person.id, (), now, until)
    free = free_times(hours.weekly, hours.days, taken, person.zone, PREVIEW_MINUTES, now, until, notice=NOTICE)
    return FreeTimes(True, spread(free, person.zone, SUGGESTED))


async def taken_between(
    connection: AsyncConnection, person_id: int, others: tuple[int, ...], since: datetime, until: datetime
) -> tuple[Interval, ...]:
    """When this person is busy, or they or one of the others (ids) have agreed to a catch-up."""
    busy = await busy_between(connection, person_id, since, until)
    live = await live_between(connection, (person_id, *others), since, until)
    return busy + tuple((booking.start, booking.end) for booking in live)
