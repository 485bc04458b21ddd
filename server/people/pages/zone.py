"""The time zone of the visitor's browser: saved without asking on a first visit, later on request."""

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.zones import is_zone
from server.people.actions.people import change_zone
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, own_page, text
from server.web.keys import DATABASE
from server.web.rendering import see_other

DEFAULT_BACK = "/me"


async def save(request: web.Request) -> web.Response:
    """With the field `first` it is saved only when the visitor's zone is not known yet."""
    form = await request.post()
    zone = text(form, "zone")
    if not is_zone(zone):
        raise InvalidInput("zone", NOT_LISTED)
    await change_zone(request.app[DATABASE], visitor_of(request), zone, first="first" in form)
    return see_other(own_page(text(form, "back")) or DEFAULT_BACK)
