"""A personal link: exchanged for a cookie, and removed from the address bar. It decides nothing.

A link that works once is used up by a form, as programs that check emails open links too.
"""

from aiohttp import web

from server.people.actions.links import OneTimeLink, VisitStart, open_link
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.browsers import browser_name
from server.web.access import ForeignAddress, from_own_pages, set_cookie, token_of
from server.web.client_address import caller_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other


async def exchange(request: web.Request) -> web.Response:
    app = request.app
    name = browser_name(request.headers.get("User-Agent", ""))
    opened = await open_link(
        app[DATABASE], request.match_info["secret"], token_of(request), app[CLOCK](), caller_of(request), name
    )
    if isinstance(opened, OneTimeLink):
        return page(request, "people/one_time_link.html")
    return signed_in(request, opened)


async def use(request: web.Request) -> web.Response:
    """This form has no visit: only its Origin shows that it is ours, and the secret in its address."""
    app = request.app
    if "Origin" in request.headers and not from_own_pages(request):
        raise ForeignAddress(address=app[SETTINGS].base_url)
    name = browser_name(request.headers.get("User-Agent", ""))
    opened = await use_one_time_link(
        app[DATABASE], request.match_info["secret"], token_of(request), app[CLOCK](), caller_of(request), name
    )
    return signed_in(request, opened)


def signed_in(request: web.Request, start: VisitStart) -> web.Response:
    """The visit's cookie, and on to its first page."""
    response = see_other(start.path)
    set_cookie(response, request.app[SETTINGS], start.token)
    return response
