"""Where the visitor is signed in, and their links that live."""

from aiohttp import web

from server.people.queries.sign_ins import read_sign_ins_page
from server.web.access import visitor_of
from server.web.forms import entry_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    before = entry_number(request.query, "before")
    found = await read_sign_ins_page(request.app[DATABASE], visitor_of(request), request.app[CLOCK](), before)
    return page(request, "people/sign_ins.html", **fields_of(found), ended="ended" in request.query)
