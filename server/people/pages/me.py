"""The visitor's own data: language, zone, phone number, needs, discretion; and who sees which of it."""

from dataclasses import replace

from aiohttp import web

from server.errors import DomainError, InvalidInput
from server.i18n.catalog import LANGUAGES, language_of
from server.i18n.zones import is_zone, zones_of
from server.people.actions.people import change_details
from server.people.queries.own_data import OwnData, read_own_data
from server.people.rules.people import NEEDS_LIMIT, PREFERRED_NAME_LIMIT, Details, Person
from server.people.rules.phone_numbers import NumberUnconfirmed
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, own_page, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    return await me_page(request)


async def save(request: web.Request) -> web.Response:
    typed = _typed(await request.post())
    try:
        _check_listed(typed)
        await change_details(request.app[DATABASE], visitor_of(request), typed)
    except DomainError as problem:
        if isinstance(problem, NumberUnconfirmed):
            typed = replace(typed, phone=problem.number)
        return await me_page(request, typed, problem)
    back = _back(request)
    return see_other(f"/me?saved=1&back={back}" if back else "/me?saved=1")


async def me_page(
    request: web.Request,
    typed: Details | None = None,
    problem: DomainError | None = None,
    own: OwnData | None = None,
    feed: str | None = None,
) -> web.Response:
    """The page with what was typed, or as it stands.

    `feed` is the secret of a new calendar feed, shown only once. With it comes what was read before it was made, as
    reading again could lose it.
    """
    visitor = visitor_of(request)
    own = own or await read_own_data(request.app[DATABASE], visitor, request.app[CLOCK]())
    return page(
        request,
        "people/me.html",
        status=status_of(problem),
        me=visitor.person,
        email=own.contact.email,
        typed=typed or _details(visitor.person, own.contact.phone),
        problem=problem,
        saved="saved" in request.query and problem is None,
        back=_back(request),
        languages=tuple(LANGUAGES.values()),
        zones=zones_of(language_for(request)),
        needs_limit=NEEDS_LIMIT,
        preferred_name_limit=PREFERRED_NAME_LIMIT,
        subscribed=own.subscribed or feed is not None,
        feed=f"{request.app[SETTINGS].base_url}/feed/{feed}.ics" if feed else None,
    )


def _details(me: Person, phone: str) -> Details:
    """The visitor's details as they are stored."""
    return Details(language_of(me.language).code, me.zone, phone, me.needs, me.discreet, me.preferred_name)


def _back(request: web.Request) -> str:
    """The page that the visitor came from and goes back to; empty when there is none."""
    return own_page(request.query.get("back", ""))


def _typed(form: Form) -> Details:
    return Details(
        language=text(form, "language"),
        zone=text(form, "zone"),
        phone=text(form, "phone"),
        needs=text(form, "needs"),
        discreet="discreet" in form,
        preferred_name=text(form, "preferred_name"),
    )


def _check_listed(typed: Details) -> None:
    """Raises InvalidInput for a language or zone that the page does not list."""
    if typed.language not in LANGUAGES:
        raise InvalidInput("language", NOT_LISTED)
    if not is_zone(typed.zone):
        raise InvalidInput("zone", NOT_LISTED)
