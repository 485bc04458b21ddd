"""The front page: what Fireside is, that a personal link opens it, and the schemes for which people can sign up."""

from aiohttp import web

from server.schemes.queries.public import read_open_schemes
from server.web.keys import CLOCK, DATABASE, VISITOR
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    if request.get(VISITOR) is not None:
        return see_other("/home")
    schemes = await read_open_schemes(request.app[DATABASE], request.app[CLOCK]())
    return page(request, "people/welcome.html", schemes=schemes)
