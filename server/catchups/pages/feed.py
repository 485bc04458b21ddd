"""The calendar feed: its secret address is all that it takes to read it."""

import hashlib

from aiohttp import web

from server.catchups.actions.feed import open_feed
from server.catchups.queries.calendar_files import read_feed
from server.web.client_address import caller_of
from server.web.keys import CLOCK, DATABASE, SETTINGS


async def show(request: web.Request) -> web.Response:
    db, settings, now = request.app[DATABASE], request.app[SETTINGS], request.app[CLOCK]()
    person_id = await open_feed(db, request.match_info["secret"], now, caller_of(request))
    file = await read_feed(db, person_id, settings.base_url, settings.mail_from, now)
    tag = hashlib.sha256(file).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=file, content_type="text/calendar", charset="utf-8", headers=headers)
