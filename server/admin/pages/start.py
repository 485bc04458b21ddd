"""The start page: what is set and what is missing, each with its next step; then the first pair."""

from aiohttp import web

from server.admin.queries.start import read_start_page
from server.admin.rules.history import COUNTED
from server.catchups.rules.ledger_heads import PURPOSE
from server.web.keys import CLOCK, DATABASE, FOREIGN_ORIGINS, SECRET, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    app = request.app
    found = await read_start_page(
        app[DATABASE],
        app[SECRET].key(PURPOSE),
        app[SETTINGS].base_url,
        app[FOREIGN_ORIGINS].seen,
        app[CLOCK](),
        mailing=app[SETTINGS].mail_folder is None,
        reply_address=app[SETTINGS].reply_address,
    )
    return page(request, "admin/start.html", counted=COUNTED, **fields_of(found))
