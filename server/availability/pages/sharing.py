"""How many of the visitor's free times the other of a mentorship sees."""

from aiohttp import web

from server.availability.actions.sharing import set_share
from server.availability.pages.hours import hours_page
from server.errors import InvalidInput
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import DATABASE
from server.web.rendering import see_other


async def save(request: web.Request) -> web.Response:
    chosen = text(await request.post(), "share")
    try:
        await set_share(request.app[DATABASE], visitor_of(request), id_of(request), chosen)
    except InvalidInput as problem:
        return await hours_page(request, problem=problem)
    return see_other("/hours#shown")
