"""When the visitor has time: hours of each week, single days that differ, and what that comes to."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from server.availability.actions.hours import set_hours
from server.availability.pages.hours_form import HoursForm
from server.availability.queries.hours import read_hours_page
from server.availability.rules import WEEKDAYS
from server.errors import DomainError, InvalidInput
from server.i18n.dates import ago
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    return await hours_page(request)


async def save(request: web.Request) -> web.Response:
    visitor = visitor_of(request)
    form = HoursForm.read(await request.post())
    try:
        today = request.app[CLOCK]().astimezone(ZoneInfo(visitor.person.zone)).date()
        hours = form.hours(today)
        await set_hours(request.app[DATABASE], visitor, hours.weekly, hours.days)
    except InvalidInput as problem:
        return await hours_page(request, form, problem)
    return see_other("/hours#next")


async def hours_page(
    request: web.Request, form: HoursForm | None = None, problem: DomainError | None = None, url: str = ""
) -> web.Response:
    """The hours as saved, or the form with its problem. `url` is the calendar address that was typed.

    Raises NotFound away from home.
    """
    now = request.app[CLOCK]()
    found = await read_hours_page(request.app[DATABASE], visitor_of(request), now)
    feed = found.feed
    return page(
        request,
        "availability/hours.html",
        status=status_of(problem),
        typed=form or HoursForm.of(found.hours),
        weekdays=_weekdays(request),
        free=found.free,
        feed=feed,
        feed_host=urlsplit(feed.url).hostname if feed else "",
        read_ago=ago(feed.read_at, language_for(request), now) if feed and feed.read_at else "",
        busy=found.busy,
        url=url,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )


def _weekdays(request: web.Request) -> list[tuple[int, str]]:
    """Number and name of each day of the week, beginning where weeks begin in the visitor's language."""
    locale = language_for(request).locale
    names = locale.days["stand-alone"]["wide"]
    return [(day % WEEKDAYS, names[day % WEEKDAYS]) for day in range(locale.first_week_day, locale.first_week_day + 7)]
