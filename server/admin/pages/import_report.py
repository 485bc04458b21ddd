"""What an import added, and how far its welcome emails have come."""

from aiohttp import web

from server.admin.queries.imports import read_import_report
from server.web.forms import id_of
from server.web.keys import DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    found = await read_import_report(request.app[DATABASE], id_of(request))
    return page(
        request,
        "admin/import_report.html",
        **fields_of(found),
        import_id=id_of(request),
        mail_folder=request.app[SETTINGS].mail_folder,
    )
