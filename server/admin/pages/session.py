"""One row of the admin's history: its catch-up as a line of moments, with the ledger entries and whether they hold.

Both people see who looked.
"""

from aiohttp import web

from server.admin.pages.emails import subject_of_email
from server.admin.queries.session import read_session_page
from server.admin.rules.history import RowKey
from server.admin.rules.timeline import Happening
from server.catchups.rules.ledger_heads import PURPOSE
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SECRET
from server.web.rendering import fields_of, language_for, page

OF_EMAILS = (Happening.EMAILED, Happening.EMAIL_FAILED)


async def show(request: web.Request) -> web.Response:
    return await _page(request, RowKey(True, id_of(request)))


async def show_offer(request: web.Request) -> web.Response:
    return await _page(request, RowKey(False, id_of(request)))


async def _page(request: web.Request, row: RowKey) -> web.Response:
    database, language = request.app[DATABASE], language_for(request)
    found = await read_session_page(database, row, request.app[SECRET].key(PURPOSE))
    await note_act(
        database,
        visitor_of(request),
        Act.LOOKED_AT_SESSION,
        request.app[CLOCK](),
        people=found.session.people,
        subject=AuditSubject("booking" if row.booked else "offer", row.id),
    )
    kinds = {moment.detail for moment in found.moments if moment.what in OF_EMAILS}
    subjects = {kind: subject_of_email(kind, language) for kind in kinds}
    return page(request, "admin/session.html", **fields_of(found), subjects=subjects)
