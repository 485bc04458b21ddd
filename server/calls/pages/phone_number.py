"""Phone numbers: giving one's own for a catch-up, and the other's while it is shown."""

from dataclasses import asdict

from aiohttp import web

from server.calls.actions.phone import give_number
from server.calls.queries.booking_phone import read_lent_number
from server.catchups.pages.booking import booking_page
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def give(request: web.Request) -> web.Response:
    typed = text(await request.post(), "phone")
    try:
        await give_number(request.app[DATABASE], visitor_of(request), id_of(request), typed)
    except DomainError as problem:
        return await booking_page(request, problem, phone=typed)
    return see_other(f"/bookings/{id_of(request)}")


async def show(request: web.Request) -> web.Response:
    """The other's number, for the call's page, which asks for it when its button is pressed.

    Asked with HEAD, it says only whether there is one to be had now.
    """
    db, window, now = request.app[DATABASE], request.app[SETTINGS].join_window, request.app[CLOCK]()
    lent = await read_lent_number(db, visitor_of(request), id_of(request), window, now)
    return web.json_response(asdict(lent))
