"""One booking in the admin's history, with its ledger entries and whether they hold. Both people see who looked."""

from aiohttp import web

from server.admin.queries.history import read_session_page
from server.catchups.rules.ledger_heads import PURPOSE
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SECRET
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    database, booking_id = request.app[DATABASE], id_of(request)
    found = await read_session_page(database, booking_id, request.app[SECRET].key(PURPOSE))
    await note_act(
        database,
        visitor_of(request),
        Act.LOOKED_AT_SESSION,
        request.app[CLOCK](),
        people=found.session.people,
        subject=AuditSubject("booking", booking_id),
    )
    return page(request, "admin/session.html", **fields_of(found))
