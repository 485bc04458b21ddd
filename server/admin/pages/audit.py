"""The audit log: what those who run the scheme did, and at whose data they looked."""

from aiohttp import web

from server.admin.queries.audit import read_audit_page
from server.web.forms import entry_number
from server.web.keys import DATABASE
from server.web.rendering import fields_of, page

# Of those whom one act is about: an import is about thousands.
MOST_NAMES = 10


async def show(request: web.Request) -> web.Response:
    found = await read_audit_page(request.app[DATABASE], entry_number(request.query, "before"))
    return page(request, "admin/audit.html", **fields_of(found), most_names=MOST_NAMES)
