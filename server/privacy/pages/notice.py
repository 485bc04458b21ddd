"""What is kept about people, what for and how long: from the list of places and the settings, so that it is true."""

from aiohttp import web

from server.people.rules.links import VISIT_LASTS
from server.privacy.rules.erasure import REQUEST_WAITS
from server.privacy.rules.places import PLACES, Kind
from server.web.keys import SETTINGS
from server.web.rendering import page


async def show(request: web.Request) -> web.Response:
    settings = request.app[SETTINGS]
    return page(
        request,
        "privacy/notice.html",
        kinds=[(kind, [place for place in PLACES if place.kind is kind]) for kind in Kind],
        periods=settings.periods,
        turn=bool(settings.turn_urls),
        days=REQUEST_WAITS.days,
        visit_days=VISIT_LASTS.days,
    )
