"""Taking people out of a call at once, when its catch-up was called off or moved."""

from aiohttp import web

from server.web.keys import HUB


async def end_call(request: web.Request, booking_id: int, *people: int) -> None:
    """Takes these people (ids) out of the booking's call, if they are in it; they find it closed."""
    for person_id in people:
        await request.app[HUB].remove(str(booking_id), str(person_id))
