"""A lost link: a fresh one is sent by email. The response is the same, and as fast, for unknown addresses."""

from aiohttp import web

from server.errors import InvalidInput
from server.people.actions.lost_links import ask_for_link, send_fresh_link
from server.web.access import ForeignAddress, form_of, from_own_pages
from server.web.client_address import caller_of, rate_limit_key
from server.web.errors import status_of
from server.web.forms import text
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE, SETTINGS
from server.web.rendering import page


async def show(request: web.Request) -> web.Response:
    return _page(request)


async def send(request: web.Request) -> web.Response:
    """This form has no visit: only its Origin shows that it is ours."""
    app, now = request.app, request.app[CLOCK]()
    if "Origin" in request.headers and not from_own_pages(request):
        raise ForeignAddress(address=app[SETTINGS].base_url)
    typed = text(await form_of(request), "email")
    try:
        email = await ask_for_link(app[DATABASE], typed, now, caller_of(request))
    except InvalidInput as problem:
        return _page(request, typed=typed, problem=problem)
    app[BACKGROUND_TASKS].start(send_fresh_link(app[DATABASE], email, rate_limit_key(request), now))
    return _page(request, sent=True)


def _page(
    request: web.Request, *, typed: str = "", problem: InvalidInput | None = None, sent: bool = False
) -> web.Response:
    return page(
        request,
        "people/lost_link.html",
        status=status_of(problem),
        typed=typed,
        problem=problem,
        sent=sent,
    )
