"""Signing up for a scheme. The answer is the same, and as fast, whether the address is known or not."""

from aiohttp import web

from server.errors import DomainError, InvalidInput
from server.i18n.zones import zones_of
from server.schemes.actions.sign_ups import NewcomersForm, check_newcomer, keep_sign_up
from server.schemes.pages.sign_up_form import LANGUAGE_FIELDS, SignUpForm, language_names
from server.schemes.queries.public import PublicScheme, read_public_scheme
from server.schemes.rules.memberships import MembershipRole
from server.web.access import ForeignAddress, form_of, from_own_pages
from server.web.client_address import caller_of, rate_limit_key
from server.web.errors import status_of
from server.web.forms import text
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page


async def show(request: web.Request) -> web.Response:
    return _page(request, await _read(request))


async def send(request: web.Request) -> web.Response:
    """This form has no visit: only its Origin shows that it is ours. What people do not see, they do not fill in."""
    app, now = request.app, request.app[CLOCK]()
    if "Origin" in request.headers and not from_own_pages(request):
        raise ForeignAddress(address=app[SETTINGS].base_url)
    form = await form_of(request)
    found, typed = await _read(request), SignUpForm.read(form)
    if text(form, "website"):
        return _page(request, found, sent=True)
    slug = found.scheme.text.slug
    try:
        newcomer = NewcomersForm(typed.name, typed.email, language_for(request).code, typed.sign_up())
        checked = await check_newcomer(app[DATABASE], slug, newcomer, now, caller_of(request))
    except InvalidInput as problem:
        return _page(request, found, typed, problem)
    app[BACKGROUND_TASKS].start(keep_sign_up(app[DATABASE], slug, checked, rate_limit_key(request), now))
    return _page(request, found, sent=True)


async def _read(request: web.Request) -> PublicScheme:
    return await read_public_scheme(request.app[DATABASE], request.match_info["slug"], request.app[CLOCK]())


def _page(
    request: web.Request,
    found: PublicScheme,
    typed: SignUpForm | None = None,
    problem: DomainError | None = None,
    *,
    sent: bool = False,
) -> web.Response:
    language = language_for(request)
    return page(
        request,
        "schemes/sign_up.html",
        status=status_of(problem),
        typed=typed or SignUpForm.empty(MembershipRole.MENTEE, found.scheme.text.zone, language),
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        sent=sent,
        languages=language_names(language),
        language_fields=LANGUAGE_FIELDS,
        zones=zones_of(language),
        **fields_of(found),
    )
