"""Who looked at the visitor's data, or exported it, when and why."""

from aiohttp import web

from server.people.queries.looks import read_looks_page
from server.web.access import visitor_of
from server.web.forms import entry_number
from server.web.keys import DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    found = await read_looks_page(request.app[DATABASE], visitor_of(request), entry_number(request.query, "before"))
    return page(request, "people/looks.html", **fields_of(found))
