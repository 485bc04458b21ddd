"""A mentor proposes an introduction, or takes it back."""

from aiohttp import web

from server.errors import DomainError, InvalidInput, NotFound
from server.introductions.actions.proposing import propose, take_back
from server.introductions.pages.introduction import introduction_page
from server.introductions.queries.introduction import read_proposal_page
from server.introductions.rules.proposals import WORDS_LIMIT, Proposal
from server.introductions.saving import path_of
from server.mentorships.pages.home import form_name
from server.people.rules.people import NAME_LIMIT
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other

NOBODY = Proposal("", "")


async def show(request: web.Request) -> web.Response:
    return await _page(request, form_name(), NOBODY)


async def send(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    name, proposal = text(form, "form") or form_name(), NOBODY
    try:
        proposal = _proposal(form)
        introduction_id = await propose(
            app[DATABASE], app[SEALER], visitor_of(request), id_of(request), name, proposal, app[CLOCK]()
        )
    except NotFound:
        raise
    except DomainError as problem:
        return await _page(request, name, proposal, problem)
    return see_other(path_of(introduction_id))


async def withdraw(request: web.Request) -> web.Response:
    try:
        await take_back(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await introduction_page(request, problem)
    return see_other(path_of(id_of(request)))


def _proposal(form: Form) -> Proposal:
    """Raises InvalidInput."""
    return Proposal(
        text(form, "for_mentee"),
        text(form, "for_third"),
        text(form, "third_name"),
        text(form, "third_email"),
        whole_number(form, "third") if text(form, "third") else None,
    )


async def _page(request: web.Request, form: str, typed: Proposal, problem: DomainError | None = None) -> web.Response:
    """Raises NotFound or MentorshipAtRest."""
    db, visitor = request.app[DATABASE], visitor_of(request)
    found = await read_proposal_page(db, visitor, id_of(request), was_sent=problem is not None)
    return page(
        request,
        "introductions/new.html",
        status=status_of(problem),
        row=found.row,
        partners=found.partners,
        typed=typed,
        form_name=form,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        words_limit=WORDS_LIMIT,
        name_limit=NAME_LIMIT,
    )
