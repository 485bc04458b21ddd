"""The zone that one's browser is in: kept by itself on a first visit, and later when one says so."""

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.zones import is_zone
from server.people.actions.people import change_zone
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, own_page, text
from server.web.keys import DATABASE
from server.web.rendering import see_other

ELSE = "/me"


async def keep(request: web.Request) -> web.Response:
    """With the field `first` it is kept only for somebody whose zone nobody has said yet."""
    form = await request.post()
    zone = text(form, "zone")
    if not is_zone(zone):
        raise InvalidInput("zone", NOT_LISTED)
    await change_zone(request.app[DATABASE], visitor_of(request), zone, first="first" in form)
    return see_other(own_page(text(form, "back")) or ELSE)
