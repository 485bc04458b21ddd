"""Has a link to all the visitor's pages sent to them, and says where, in masked form."""

from aiohttp import web

from server.people.actions.home_links import send_home_link
from server.web.access import visitor_of
from server.web.client_address import rate_limit_key
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page


async def send(request: web.Request) -> web.Response:
    masked = await send_home_link(
        request.app[DATABASE], visitor_of(request), rate_limit_key(request), request.app[CLOCK]()
    )
    return page(request, "people/home_link_sent.html", email=masked)
