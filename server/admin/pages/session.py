"""One booking in the admin's history, with its ledger entries and whether they hold."""

from aiohttp import web

from server.admin.queries.history import read_session_page
from server.catchups.rules.ledger_heads import PURPOSE
from server.web.forms import id_of
from server.web.keys import DATABASE, SECRET
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    app = request.app
    found = await read_session_page(app[DATABASE], id_of(request), app[SECRET].key(PURPOSE))
    return page(request, "admin/session.html", **fields_of(found))
