"""The admin's page of privacy: the periods of retention, with what would go by them, and the data of one person."""

from dataclasses import replace

from aiohttp import web

from server.errors import DomainError
from server.privacy.queries.person_data import find_person_id
from server.privacy.queries.retention import preview_expired
from server.privacy.rules.retention import LEAST_DAYS, MOST_DAYS, Period, parse_days
from server.web.errors import status_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    """With `?words=90` and the like it shows what would go by that period; nothing is changed."""
    return await _page(request)


async def find(request: web.Request) -> web.Response:
    """Sends the browser on to the data of the person with an email address, which stands in no address of ours."""
    email = text(await request.post(), "email")
    try:
        person_id = await find_person_id(request.app[DATABASE], email)
    except DomainError as problem:
        return await _page(request, email, problem)
    return see_other(f"/admin/people/{person_id}/data")


async def _page(request: web.Request, email: str = "", problem: DomainError | None = None) -> web.Response:
    app = request.app
    periods = app[SETTINGS].periods
    tried = [_tried(period, request.query.get(period.kept, "")) for period in periods]
    return page(
        request,
        "privacy/overview.html",
        status=status_of(problem),
        problem=problem,
        email=email,
        rows=list(zip(periods, tried, strict=True)),
        counts=await preview_expired(app[DATABASE], tried, app[CLOCK]()),
        least=LEAST_DAYS,
        most=MOST_DAYS,
    )


def _tried(period: Period, typed: str) -> Period:
    """The period with the days that were typed, if they can be."""
    try:
        return replace(period, days=parse_days(typed))
    except ValueError:
        return period
