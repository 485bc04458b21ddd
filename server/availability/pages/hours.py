"""When the visitor has time: hours of each week, single days that differ, and what that comes to."""

from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from server.availability.actions.hours import set_hours
from server.availability.pages.free_times import preview_of
from server.availability.pages.hours_form import TypedHours, as_typed, read_hours, typed_hours
from server.availability.rules import WEEKDAYS
from server.availability.store.busy_times import count_busy, feed_of
from server.availability.store.hours import hours_of
from server.errors import DomainError, InvalidInput
from server.i18n.dates import ago
from server.people.rules.visitors import check_home
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    return await hours_page(request)


async def save(request: web.Request) -> web.Response:
    typed = typed_hours(await request.post())
    try:
        hours = read_hours(typed, _today(request))
        await set_hours(request.app[DATABASE], visitor_of(request), hours.weekly, hours.days)
    except InvalidInput as problem:
        return await hours_page(request, typed, problem)
    return see_other("/hours#next")


async def hours_page(
    request: web.Request, typed: TypedHours | None = None, problem: DomainError | None = None, url: str = ""
) -> web.Response:
    """The hours as they are, or as they were typed with what is to be mended. Raises NotFound without a home."""
    person, now = check_home(visitor_of(request)), request.app[CLOCK]()
    async with request.app[DATABASE].reading() as connection:
        hours = await hours_of(connection, person.id, _today(request))
        feed = await feed_of(connection, person.id)
        busy = await count_busy(connection, person.id, now)
    return page(
        request,
        "availability/hours.html",
        status=status_of(problem),
        typed=typed or as_typed(hours),
        weekdays=_weekdays(request),
        free=await preview_of(request),
        feed=feed,
        feed_host=urlsplit(feed.url).hostname if feed else "",
        read_ago=ago(feed.read_at, language_for(request), now) if feed and feed.read_at else "",
        busy=busy,
        url=url,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )


def _today(request: web.Request) -> date:
    return request.app[CLOCK]().astimezone(ZoneInfo(visitor_of(request).person.zone)).date()


def _weekdays(request: web.Request) -> list[tuple[int, str]]:
    """Number and name of each day of the week, beginning where weeks begin in the visitor's language."""
    locale = language_for(request).locale
    names = locale.days["stand-alone"]["wide"]
    return [(day % WEEKDAYS, names[day % WEEKDAYS]) for day in range(locale.first_week_day, locale.first_week_day + 7)]
