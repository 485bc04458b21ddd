"""What a person notes for themselves after a catch-up."""

from aiohttp import web

from server.catchups.pages.booking import booking_page
from server.errors import DomainError
from server.room.actions.reflections import keep_reflection
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def keep(request: web.Request) -> web.Response:
    return await _keep(request, text(await request.post(), "reflection"))


async def delete(request: web.Request) -> web.Response:
    return await _keep(request, "")


async def _keep(request: web.Request, typed: str) -> web.Response:
    app, booking_id = request.app, id_of(request)
    try:
        await keep_reflection(app[DATABASE], app[SEALER], visitor_of(request), booking_id, typed, app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem, reflection=typed)
    return see_other(f"/bookings/{booking_id}")
