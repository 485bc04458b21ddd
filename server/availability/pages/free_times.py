"""When the visitor could meet: a few times to suggest where times are typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Interval, free_times, spread
from server.availability.store.busy_times import busy_between
from server.availability.store.hours import hours_of
from server.catchups.pages.offer_form import as_typed
from server.catchups.rules.drafts import LENGTHS
from server.catchups.store.bookings import live_between
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE

AHEAD = timedelta(weeks=3)
NOTICE = timedelta(hours=2)
SUGGESTED = 6
PREVIEW_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free time, and how the visitor would type it: 2026-11-24T16:00."""

    at: datetime
    typed: str


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """`by_length` has times for each length in minutes, earliest first. `hours_known`: there are hours to go by."""

    hours_known: bool
    by_length: Mapping[int, tuple[Suggestion, ...]]

    @property
    def preview(self) -> tuple[Suggestion, ...]:
        return self.by_length.get(PREVIEW_MINUTES, ())


async def preview_of(request: web.Request) -> FreeTimes:
    """The visitor's free times of a usual length, for them to see what their hours come to."""
    return await free_times_of(request, lengths=(PREVIEW_MINUTES,))


async def free_times_of(
    request: web.Request, others: tuple[int, ...] = (), lengths: tuple[int, ...] = LENGTHS
) -> FreeTimes:
    """When the visitor has time, is not busy, and neither they nor the others (ids) have agreed to a catch-up."""
    person, now = visitor_of(request).person, request.app[CLOCK]()
    until = now + AHEAD
    async with request.app[DATABASE].reading() as connection:
        hours = await hours_of(connection, person.id, now.astimezone(ZoneInfo(person.zone)).date())
        if not hours.weekly and not hours.days:
            return FreeTimes(False, {})
        taken = await taken_between(connection, person.id, others, now, until)

    def suggested(minutes: int) -> tuple[Suggestion, ...]:
        free = free_times(hours.weekly, hours.days, taken, person.zone, minutes, now, until, notice=NOTICE)
        return tuple(Suggestion(at, as_typed(at, person.zone)) for at in spread(free, person.zone, SUGGESTED))

    return FreeTimes(True, {minutes: suggested(minutes) for minutes in lengths})


async def taken_between(
    connection: AsyncConnection, person_id: int, others: tuple[int, ...], since: datetime, until: datetime
) -> tuple[Interval, ...]:
    """When this person is busy, or they or one of the others (ids) have agreed to a catch-up."""
    busy = await busy_between(connection, person_id, since, until)
    live = await live_between(connection, (person_id, *others), since, until)
    return busy + tuple((booking.start, booking.end) for booking in live)
