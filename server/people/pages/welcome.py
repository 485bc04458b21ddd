"""The front page: what Fireside is, and that a personal link opens it."""

from aiohttp import web

from server.web.keys import VISITOR
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    if request.get(VISITOR) is not None:
        return see_other("/home")
    return page(request, "people/welcome.html")
