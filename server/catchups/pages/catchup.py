"""A catch-up's one address for its whole life: it leads to the present offer or booking."""

from aiohttp import web

from server.catchups.rules.offers import OfferState
from server.catchups.store.catchups import catchup_status
from server.errors import NotFound
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    async with request.app[DATABASE].reading() as connection:
        now = await catchup_status(connection, visitor_of(request), id_of(request))
    if now is None:
        raise NotFound
    if now.booking_id is None or now.offer_state is OfferState.OPEN:
        return see_other(f"/offers/{now.offer_id}")
    return see_other(f"/bookings/{now.booking_id}")
