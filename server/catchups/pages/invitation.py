"""One booking's entry for a calendar, to download."""

from aiohttp import web

from server.catchups.queries.calendar_files import read_invitation
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import DATABASE, SETTINGS


async def show(request: web.Request) -> web.Response:
    db, settings = request.app[DATABASE], request.app[SETTINGS]
    file = await read_invitation(db, visitor_of(request), id_of(request), settings.base_url, settings.mail_from)
    return calendar_file(file)


def calendar_file(file: bytes) -> web.Response:
    """The answer that a browser keeps as a file, or hands to a calendar."""
    return web.Response(
        body=file,
        content_type="text/calendar",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="catch-up.ics"'},
    )
