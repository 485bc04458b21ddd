"""What rests about one person, with the ways to export it and to erase them. The person sees who looked."""

from aiohttp import web

from server.errors import DomainError, InvalidInput
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.privacy.queries.person_data import read_person_data
from server.privacy.rules.erasure import TO_GIVE
from server.privacy.rules.places import PLACES
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    return await person_data_page(request)


async def person_data_page(request: web.Request, problem: DomainError | None = None, reason: str = "") -> web.Response:
    """`reason` is what was typed as the one to export."""
    database, now, person_id = request.app[DATABASE], request.app[CLOCK](), id_of(request)
    found = await read_person_data(database, person_id, now)
    await note_act(
        database,
        visitor_of(request),
        Act.LOOKED_AT_PERSON,
        now,
        people=(person_id,),
        subject=AuditSubject("person", person_id),
    )
    return page(
        request,
        "privacy/person_data.html",
        status=status_of(problem),
        places=[place for place in PLACES if found.rows.get(place.table)],
        reasons=TO_GIVE,
        typed_reason=reason,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        **fields_of(found),
    )
