"""Files among what the two keep of a catch-up: sent by an open page's script, and handed out as downloads only."""

import re

from aiohttp import web

from server.catchups.queries.booking_news import find_booking
from server.errors import InvalidInput
from server.room.actions.files import attach_file
from server.room.pages.content import SEALER, as_told
from server.room.queries.files import read_kept_file
from server.room.rules.files import FILE_LIMIT
from server.web import downloads
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import id_of, text
from server.web.keys import DATABASE
from server.web.rendering import language_for

# The file, and the rest of the form.
UPLOAD_LIMIT = FILE_LIMIT + 64 * 1024
KEY = re.compile(r"[A-Za-z0-9-]{1,36}")


async def add(request: web.Request) -> web.Response:
    """Answers with everything that is kept, or with why the file is refused."""
    # Who may not open the booking is not told what was wrong with the file.
    await find_booking(request.app[DATABASE], visitor_of(request), id_of(request))
    form = await request.post()
    file, key = form.get("file"), text(form, "key")
    if not isinstance(file, web.FileField) or not KEY.fullmatch(key):
        raise UnreadableRequest
    app = request.app
    try:
        changes = await attach_file(
            app[DATABASE], app[SEALER], visitor_of(request), id_of(request), key, file.filename, file.file.read()
        )
    except InvalidInput as problem:
        language = language_for(request)
        return web.json_response({"refused": [language.say(problem.sentence, **problem.values)]})
    return web.json_response(as_told(changes))


async def download(request: web.Request) -> web.Response:
    app = request.app
    return downloads.download(*await read_kept_file(app[DATABASE], app[SEALER], visitor_of(request), id_of(request)))
