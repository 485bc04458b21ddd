"""A personal link: exchanged for a cookie, and removed from the address bar. It decides nothing."""

from aiohttp import web

from server.people.actions.links import open_link
from server.people.rules.browsers import browser_name
from server.web.access import set_cookie, token_of
from server.web.client_address import caller_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def exchange(request: web.Request) -> web.Response:
    app = request.app
    name = browser_name(request.headers.get("User-Agent", ""))
    opened = await open_link(
        app[DATABASE], request.match_info["secret"], token_of(request), app[CLOCK](), caller_of(request), name
    )
    response = see_other(opened.path)
    set_cookie(response, app[SETTINGS], opened.token)
    return response
