"""A private calendar to subscribe to; its secret address is the door. And one booking's entry to download."""

import hashlib

from aiohttp import web

from server.catchups.actions.feed import read_feed, read_invitation, subscribe, unsubscribe
from server.people.pages.me import me_page, own_details
from server.web.access import visitor_of
from server.web.client_address import caller_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    app, settings = request.app, request.app[SETTINGS]
    file = await read_feed(
        app[DATABASE],
        request.match_info["secret"],
        settings.base_url,
        settings.mail_from,
        app[CLOCK](),
        caller_of(request),
    )
    tag = hashlib.sha256(file).hexdigest()[:32]
    kept = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=kept)
    return web.Response(body=file, content_type="text/calendar", charset="utf-8", headers=kept)


async def make(request: web.Request) -> web.Response:
    """Shows a new feed's address, this once."""
    secret = await subscribe(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return await me_page(request, own_details(request), feed=secret)


async def end(request: web.Request) -> web.Response:
    await unsubscribe(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return see_other("/me#calendar")


async def invitation(request: web.Request) -> web.Response:
    app, settings = request.app, request.app[SETTINGS]
    file = await read_invitation(
        app[DATABASE],
        visitor_of(request),
        id_of(request),
        settings.base_url,
        settings.mail_from,
    )
    return web.Response(
        body=file,
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="catch-up.ics"'},
    )
