"""The list of those who are probably one person, and an admin's word that two are, or are not."""

from aiohttp import web

from server.admin.actions.doubles import dismiss as dismiss_double
from server.admin.actions.doubles import name_double
from server.admin.pages.person import person_page
from server.admin.queries.doubles import read_doubles_page
from server.errors import InvalidInput
from server.web.forms import entry_number, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def show(request: web.Request) -> web.Response:
    after = entry_number(request.query, "after")
    found = await read_doubles_page(request.app[DATABASE], after or 0)
    return page(
        request,
        "admin/doubles.html",
        **fields_of(found),
        later=after is not None,
        done=request.query.get("done"),
    )


async def name(request: web.Request) -> web.Response:
    """From the page of one of the two, by the address of the other."""
    typed = text(await request.post(), "other")
    try:
        double_id = await name_double(request.app[DATABASE], id_of(request), typed)
    except InvalidInput as problem:
        return await person_page(request, problem=problem, other=typed)
    return see_other(f"/admin/doubles/{double_id}")


async def dismiss(request: web.Request) -> web.Response:
    await dismiss_double(request.app[DATABASE], id_of(request), request.app[CLOCK]())
    return see_other("/admin/doubles?done=dismissed")
