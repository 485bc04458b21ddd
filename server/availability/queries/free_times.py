"""When a person could meet: a few free times to suggest where times are typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Hours, Interval, free_times, spread
from server.availability.store.busy_times import busy_between
from server.availability.store.hours import hours_of
from server.catchups.rules.drafts import LENGTHS
from server.catchups.store.bookings import live_between
from server.i18n.dates import field_time
from server.people.rules.people import Person

AHEAD = timedelta(weeks=3)
NOTICE = timedelta(hours=2)
SUGGESTED = 6
PREVIEW_MINUTES = 30


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free time, and how the person would type it: 2026-11-24T16:00."""

    at: datetime
    typed: str


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """`by_length` has times for each length in minutes, earliest first. `hours_known`: there are hours to go by."""

    hours_known: bool
    by_length: Mapping[int, tuple[FreeTime, ...]]

    @property
    def preview(self) -> tuple[FreeTime, ...]:
        """Those of the usual length."""
        return self.by_length.get(PREVIEW_MINUTES, ())


async def read_free_times(
    connection: AsyncConnection,
    person: Person,
    others: tuple[int, ...],
    now: datetime,
    lengths: tuple[int, ...] = LENGTHS,
) -> FreeTimes:
    """When this person has time, is not busy, and neither they nor the others (ids) have agreed to a catch-up."""
    hours = await hours_of(connection, person.id, now.astimezone(ZoneInfo(person.zone)).date())
    return await free_times_within(connection, hours, person, others, now, lengths)


async def read_preview(connection: AsyncConnection, person: Person, now: datetime) -> FreeTimes:
    """This person's free times of the usual length, for them to see what their hours come to."""
    return await read_free_times(connection, person, (), now, (PREVIEW_MINUTES,))


async def free_times_within(
    connection: AsyncConnection,
    hours: Hours,
    person: Person,
    others: tuple[int, ...],
    now: datetime,
    lengths: tuple[int, ...],
) -> FreeTimes:
    """The same, by `hours` that were read before."""
    if not hours.weekly and not hours.days:
        return FreeTimes(False, {})
    until = now + AHEAD
    taken = await taken_between(connection, person.id, others, now, until)

    def suggested(minutes: int) -> tuple[FreeTime, ...]:
        free = free_times(hours.weekly, hours.days, taken, person.zone, minutes, now, until, notice=NOTICE)
        return tuple(FreeTime(at, field_time(at, person.zone)) for at in spread(free, person.zone, SUGGESTED))

    return FreeTimes(True, {minutes: suggested(minutes) for minutes in lengths})


async def taken_between(
    connection: AsyncConnection, person_id: int, others: tuple[int, ...], since: datetime, until: datetime
) -> tuple[Interval, ...]:
    """When this person is busy, or they or one of the others (ids) have agreed to a catch-up."""
    busy = await busy_between(connection, person_id, since, until)
    live = await live_between(connection, (person_id, *others), since, until)
    return busy + tuple((booking.start, booking.end) for booking in live)
