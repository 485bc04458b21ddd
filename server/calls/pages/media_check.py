"""The admin's media check: this very browser sends itself sound and picture through the relay, by each way there is."""

import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from server.calls.actions.media_check import keep_check, loop_seat
from server.calls.pages.call import serve_seat
from server.calls.rules.media_check import MOST_PATHS, Path, Place, Transport
from server.calls.store.media_checks import latest_check
from server.errors import NotFound
from server.web.access import UnreadableRequest, from_own_pages, visitor_of
from server.web.forms import text
from server.web.keys import CLOCK, DATABASE, HUB, SETTINGS
from server.web.rendering import page, see_other

FIELDS = {"transport", "ip", "port", "sent", "received", "milliseconds"}


async def show(request: web.Request) -> web.Response:
    app = request.app
    async with app[DATABASE].reading() as connection:
        checks = [await latest_check(connection, place) for place in Place]
    return page(
        request,
        "calls/media_check.html",
        checks=[check for check in checks if check is not None],
        at_home=_is_local(urlsplit(app[SETTINGS].base_url).hostname or ""),
        check={"socket": "/media-check/socket", "relays": app[HUB].relays},
    )


async def socket(request: web.Request) -> web.StreamResponse:
    if not from_own_pages(request):
        raise NotFound
    seat = loop_seat(visitor_of(request), request.query.get("loop", ""), request.query.get("end", ""))
    return await serve_seat(request, seat, _relay(request))


async def keep(request: web.Request) -> web.Response:
    app = request.app
    paths = _paths(text(await request.post(), "paths"))
    await keep_check(app[DATABASE], Place.BROWSER, paths, app[CLOCK]())
    return see_other("/media-check#found")


def _relay(request: web.Request) -> int:
    asked = request.query.get("relay", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 4) or int(asked) >= request.app[HUB].relays:
        raise NotFound
    return int(asked)


def _paths(typed: str) -> tuple[Path, ...]:
    """What the page measured. Raises UnreadableRequest."""
    try:
        listed = json.loads(typed)
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_PATHS:
            raise ValueError(typed)
        return tuple(_path(each) for each in listed)
    except (ValueError, RecursionError) as error:
        raise UnreadableRequest from error


def _path(value: Any) -> Path:
    if not isinstance(value, dict) or set(value) != FIELDS:
        raise ValueError(value)
    port, sent, received, took = (value[name] for name in ("port", "sent", "received", "milliseconds"))
    if any(type(each) is not int for each in (port, sent, received)) or type(took) not in (int, float, type(None)):
        raise ValueError(value)
    ip = str(ip_address(str(value["ip"])))
    return Path(Transport(value["transport"]), ip, port, sent, received, None if took is None else float(took))


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
