"""A catch-up's one address for its whole life: it leads to the present offer or booking."""

from aiohttp import web

from server.catchups.queries.catchup import read_catchup_status
from server.catchups.rules.offers import OfferState
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    status = await read_catchup_status(request.app[DATABASE], visitor_of(request), id_of(request))
    if status.booking_id is None or status.offer_state is OfferState.OPEN:
        return see_other(f"/offers/{status.offer_id}")
    return see_other(f"/bookings/{status.booking_id}")
