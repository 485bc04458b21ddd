"""One person: name and address, links, and their mentorships. The person sees who opened this page."""

from aiohttp import web

from server.admin.actions.people import Correction, correct, revoke_everything
from server.admin.actions.people import send_link as send_fresh_link
from server.admin.queries.people import find_id_now, read_person_page
from server.calls.pages.ending import start_ending_closed_calls
from server.errors import DomainError, Forbidden, InvalidInput, NotFound
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page, see_other


async def show(request: web.Request) -> web.Response:
    """Of somebody who was merged into another: the page of that one."""
    person_id = await find_id_now(request.app[DATABASE], id_of(request))
    return see_other(path_of(person_id)) if person_id != id_of(request) else await person_page(request)


async def save(request: web.Request) -> web.Response:
    form = await request.post()
    typed = Correction(text(form, "name"), text(form, "email"))
    try:
        changed = await correct(request.app[DATABASE], visitor_of(request), id_of(request), typed, request.app[CLOCK]())
    except (NotFound, Forbidden):
        raise
    except DomainError as problem:
        return await person_page(request, typed, problem)
    return see_other(f"{path_of(id_of(request))}?done={'saved' if changed else 'same'}")


async def send_link(request: web.Request) -> web.Response:
    await send_fresh_link(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{path_of(id_of(request))}?done=sent")


async def revoke(request: web.Request) -> web.Response:
    """Calls that were entered by what ends are left at once."""
    await revoke_everything(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    start_ending_closed_calls(request.app)
    return see_other(f"{path_of(id_of(request))}?done=revoked")


def path_of(person_id: int) -> str:
    return f"/admin/people/{person_id}"


async def person_page(
    request: web.Request, typed: Correction | None = None, problem: DomainError | None = None, other: str = ""
) -> web.Response:
    """`other` is what was typed as the address of the same person."""
    database, person_id, now = request.app[DATABASE], id_of(request), request.app[CLOCK]()
    found = await read_person_page(database, person_id, now)
    subject = AuditSubject("person", person_id)
    await note_act(database, visitor_of(request), Act.LOOKED_AT_PERSON, now, people=(person_id,), subject=subject)
    return page(
        request,
        "admin/person.html",
        status=status_of(problem),
        **fields_of(found),
        typed=typed or Correction(found.person.name, found.email),
        problem=problem,
        other_email=other,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        done=request.query.get("done") if problem is None else None,
        mail_folder=request.app[SETTINGS].mail_folder,
    )
