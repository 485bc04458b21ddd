"""Saying that one comes late."""

from aiohttp import web

from server.catchups.actions.bookings import say_late
from server.catchups.pages.booking import booking_page
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import id_of, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def send(request: web.Request) -> web.Response:
    booking_id = id_of(request)
    try:
        minutes = whole_number(await request.post(), "minutes")
        await say_late(request.app[DATABASE], visitor_of(request), booking_id, minutes, request.app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{booking_id}")
