"""A person's own membership: where it stands, what they said, confirming, editing and leaving."""

from aiohttp import web

from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, InvalidInput
from server.i18n.zones import zones_of
from server.schemes.actions.memberships import confirm, edit_sign_up, leave, wait_again
from server.schemes.pages.sign_up_form import LANGUAGE_FIELDS, SignUpForm, language_names
from server.schemes.queries.own import read_own_membership
from server.schemes.rules.memberships import check_standing
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    found = await read_own_membership(request.app[DATABASE], visitor_of(request), id_of(request))
    languages = language_names(language_for(request))
    done = request.query.get("done", "")
    return page(request, "schemes/membership.html", languages=languages, done=done, **fields_of(found))


async def join(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    shown = shown_wording(request, form, ChoiceKind.JOINED_SCHEME)
    await confirm(app[DATABASE], visitor_of(request), id_of(request), shown, app[CLOCK]())
    return see_other(f"/memberships/{id_of(request)}?done=confirmed")


async def show_form(request: web.Request) -> web.Response:
    return await _form_page(request)


async def edit(request: web.Request) -> web.Response:
    app, visitor = request.app, visitor_of(request)
    found = await read_own_membership(app[DATABASE], visitor, id_of(request))
    typed = SignUpForm.read(await request.post())
    try:
        await edit_sign_up(app[DATABASE], visitor, id_of(request), typed.sign_up(found.membership.role))
    except InvalidInput as problem:
        return await _form_page(request, typed, problem)
    return see_other(f"/memberships/{id_of(request)}?done=saved")


async def ask_to_leave(request: web.Request) -> web.Response:
    """Asks once more: what was written goes."""
    found = await read_own_membership(request.app[DATABASE], visitor_of(request), id_of(request))
    return page(request, "schemes/leaving.html", **fields_of(found))


async def go(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    shown = shown_wording(request, form, ChoiceKind.LEFT_SCHEME)
    await leave(app[DATABASE], visitor_of(request), id_of(request), shown, app[CLOCK]())
    return see_other(f"/memberships/{id_of(request)}?done=left")


async def wait(request: web.Request) -> web.Response:
    await wait_again(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"/memberships/{id_of(request)}?done=waiting")


async def _form_page(
    request: web.Request, typed: SignUpForm | None = None, problem: DomainError | None = None
) -> web.Response:
    found = await read_own_membership(request.app[DATABASE], visitor_of(request), id_of(request))
    check_standing(found.membership.state)
    language = language_for(request)
    return page(
        request,
        "schemes/sign_up_edit.html",
        status=status_of(problem),
        typed=typed or SignUpForm.of(found.said),
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        languages=language_names(language),
        language_fields=LANGUAGE_FIELDS,
        zones=zones_of(language),
        **fields_of(found),
    )
