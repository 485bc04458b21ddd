"""The front page: what this is, and that a personal link is the way in."""

from aiohttp import web

from server.web.keys import VISITOR
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    visitor = request.get(VISITOR)
    if visitor is not None and (visitor.home or visitor.admin):
        return see_other("/home" if visitor.home else "/history")
    return page(request, "people/welcome.html")
