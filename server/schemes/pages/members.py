"""For coordinators: their schemes, the members of one, and one member with what can be decided about them."""

from aiohttp import web

from server.errors import DomainError, InvalidChoice, NotFound
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.schemes.actions.memberships import decide
from server.schemes.pages.sign_up_form import language_names
from server.schemes.queries.coordinated import read_coordinated, read_member, read_members
from server.schemes.rules.memberships import MembershipEvent
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, language_for, page, see_other

DECISIONS = (MembershipEvent.ACCEPT, MembershipEvent.PUT_ON_LIST, MembershipEvent.DECLINE, MembershipEvent.END)


async def show_schemes(request: web.Request) -> web.Response:
    return page(
        request, "schemes/schemes.html", found=await read_coordinated(request.app[DATABASE], visitor_of(request))
    )


async def show_members(request: web.Request) -> web.Response:
    found = await read_members(request.app[DATABASE], visitor_of(request), id_of(request))
    return page(request, "schemes/members.html", done=request.query.get("done", ""), **fields_of(found))


async def show_member(request: web.Request) -> web.Response:
    """Each look is kept in the audit log, before anything is shown."""
    return await _member_page(request)


async def decide_on_member(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    try:
        event = MembershipEvent(text(form, "decision"))
    except ValueError as error:
        raise InvalidChoice from error
    if event not in DECISIONS:
        raise InvalidChoice
    try:
        reason = text(form, "reason")
        scheme_id = await decide(app[DATABASE], visitor_of(request), id_of(request), event, reason, app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await _member_page(request, problem, text(form, "reason"))
    return see_other(f"/admin/schemes/{scheme_id}?done={event.value}")


async def _member_page(request: web.Request, problem: DomainError | None = None, reason: str = "") -> web.Response:
    app, visitor = request.app, visitor_of(request)
    found = await read_member(app[DATABASE], visitor, id_of(request))
    subject, about = AuditSubject("membership", found.membership.id), (found.person.id,)
    await note_act(app[DATABASE], visitor, Act.LOOKED_AT_MEMBER, app[CLOCK](), people=about, subject=subject)
    return page(
        request,
        "schemes/member.html",
        status=status_of(problem),
        problem=problem,
        reason=reason,
        languages=language_names(language_for(request)),
        **fields_of(found),
    )
