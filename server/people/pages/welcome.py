"""The front page: what Fireside is, and that a personal link opens it."""

from aiohttp import web

from server.web.keys import VISITOR
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    visitor = request.get(VISITOR)
    if visitor is not None and (visitor.home or visitor.admin):
        return see_other("/home" if visitor.home else "/history")
    return page(request, "people/welcome.html")
