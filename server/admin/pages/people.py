"""The list of people, by name, with a search; what each lacks stands beside their name."""

from aiohttp import web

from server.admin.queries.people import read_people_page
from server.web.forms import entry_number
from server.web.keys import DATABASE
from server.web.rendering import fields_of, page

TYPED_LIMIT = 200


async def show(request: web.Request) -> web.Response:
    typed = request.query.get("name", "").replace("\0", "").strip()[:TYPED_LIMIT]
    found = await read_people_page(request.app[DATABASE], typed, entry_number(request.query, "after"))
    return page(request, "admin/people.html", **fields_of(found), typed=typed, later="after" in request.query)
