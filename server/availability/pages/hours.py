"""When the visitor has time: hours of each week, single days that differ, and what that comes to."""

from urllib.parse import urlsplit

from aiohttp import web

from server.availability.actions.hours import set_hours
from server.availability.pages.hours_form import HoursForm
from server.availability.queries.hours import read_hours_page
from server.errors import DomainError, InvalidInput
from server.i18n.dates import ago
from server.i18n.local_time import day_in
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
        today = day_in(visitor.person.zone, request.app[CLOCK]())
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
        free=found.free,
        feed=feed,
        feed_host=urlsplit(feed.url).hostname if feed else "",
        read_ago=ago(feed.read_at, language_for(request), now) if feed and feed.read_at else "",
        busy=found.busy,
        sharing=found.sharing,
        url=url,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )
