"""The admin's media check: the browser sends itself sound and picture through the relay, by each way there is."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from server.calls.actions.media_check import keep_check
from server.calls.pages.media_check_form import read_paths
from server.calls.queries.media_check import read_latest_checks
from server.calls.rules.media_check import CheckOrigin
from server.web.access import visitor_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    app = request.app
    return page(
        request,
        "calls/media_check.html",
        checks=await read_latest_checks(app[DATABASE]),
        at_home=_is_local(urlsplit(app[SETTINGS].base_url).hostname or ""),
        check={"socket": "/media-check/socket", "relays": app[HUB].relays},
    )


async def keep(request: web.Request) -> web.Response:
    app = request.app
    paths = read_paths(text(await request.post(), "paths"))
    await keep_check(app[DATABASE], CheckOrigin.BROWSER, paths, app[CLOCK](), visitor_of(request))
    return see_other("/media-check#found")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
