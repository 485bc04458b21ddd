"""One booking in the admin's history, with its ledger and whether the ledger holds."""

from aiohttp import web

from server.admin.queries.history import read_session_page
from server.web.forms import id_of
from server.web.keys import DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    found = await read_session_page(request.app[DATABASE], id_of(request))
    return page(request, "admin/session.html", **fields_of(found))
