"""A proposal's page for its two: who it is, why, and yes or no."""

from datetime import datetime

from aiohttp import web

from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, InvalidInput, NotFound
from server.i18n.texts import N_
from server.matching.actions.answering import agree, decline, take_back
from server.matching.actions.saving import path_of
from server.matching.queries.match import read_match
from server.matching.rules.proposals import WORDS_LIMIT
from server.schemes.pages.sign_up_form import language_names
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    return await _match_page(request)


async def answer(request: web.Request) -> web.Response:
    """`answer` is yes, or else no: one address for both, so that no count of requests tells them apart."""
    app, form, visitor = request.app, await request.post(), visitor_of(request)
    try:
        if text(form, "answer") == "yes":
            shown = shown_wording(request, form, ChoiceKind.AGREED_MATCH)
            catchup_id = await agree(app[DATABASE], visitor, id_of(request), _starts(form), shown, app[CLOCK]())
            return see_other(f"/catchups/{catchup_id}" if catchup_id else path_of(id_of(request)))
        await decline(app[DATABASE], visitor, id_of(request), text(form, "words"), app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await _match_page(request, problem, form)
    return see_other(path_of(id_of(request)))


async def withdraw(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    try:
        shown = shown_wording(request, form, ChoiceKind.LEFT_MATCH)
        await take_back(app[DATABASE], visitor_of(request), id_of(request), shown, app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await _match_page(request, problem)
    return see_other(path_of(id_of(request)))


def _starts(form: Form) -> tuple[datetime, ...]:
    """The times that were ticked. Raises InvalidInput."""
    try:
        found = tuple(datetime.fromisoformat(str(each)) for each in form.getall("start", []))
    except ValueError:
        found = ()
    if not found or any(each.tzinfo is None for each in found):
        raise InvalidInput("start", N_("Please choose at least one time for your first call."))
    return found


async def _match_page(
    request: web.Request, problem: DomainError | None = None, form: Form | None = None
) -> web.Response:
    app = request.app
    found = await read_match(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK]())
    return page(
        request,
        "matching/match.html",
        status=status_of(problem),
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        where=found.status.value,
        ticked=frozenset(str(each) for each in form.getall("start", [])) if form else frozenset(),
        words=text(form, "words") if form else "",
        words_limit=WORDS_LIMIT,
        languages=language_names(language_for(request)),
        **{name: value for name, value in fields_of(found).items() if name != "status"},
    )
