"""Offering a catch-up."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.pages.free_times import free_times_of
from server.catchups.actions.offers import make_offer
from server.catchups.pages.agreed import agreed_of
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.offer_form import Typed, read_draft, typed, typed_like, zone_typed_in
from server.catchups.pages.reword import show_sent
from server.catchups.rules.errors import OfferSent
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import LENGTHS, NOTE_LIMIT
from server.catchups.store.offers import read_offer
from server.catchups.store.pauses import pauses_of
from server.errors import DomainError, NotFound
from server.people.rules.people import Person
from server.people.rules.visitors import check_home
from server.people.store.people import mentorships_of
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import entry_number, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other

FORM_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an offer is to be made to, and from when they would like to be asked again, where they said so."""

    mentorship_id: int
    other: Person
    pause: datetime | None


@dataclass(frozen=True, slots=True)
class Way:
    """Where the form is sent to, and where one goes who leaves it; its secret `name`, where it has one."""

    action: str
    back: str
    name: str | None = None


async def show(request: web.Request) -> web.Response:
    async with request.app[DATABASE].reading() as connection:
        whom = await _whom(connection, request)
        begun = await _begun(connection, request, whom.mentorship_id)
    return await offer_form(request, whom, _way(whom, secrets.token_urlsafe(FORM_NAME_BYTES)), begun)


async def send(request: web.Request) -> web.Response:
    visitor = visitor_of(request)
    async with request.app[DATABASE].reading() as connection:
        whom = await _whom(connection, request)
    form = await request.post()
    name = text(form, "form")
    try:
        draft = read_draft(form, visitor.person.zone)
        means, phone = shown(request, form, ChoiceKind.OFFERED), phone_shown(request, form)
        now = request.app[CLOCK]()
        offer = await make_offer(
            request.app[DATABASE], visitor, whom.mentorship_id, draft, means, now, name or None, phone=phone
        )
    except OfferSent as sent:
        return await show_sent(request, sent, form)
    except DomainError as problem:
        zone = zone_typed_in(form, visitor.person.zone)
        return await offer_form(request, whom, _way(whom, name), typed(form), problem, zone)
    return see_other(f"/offers/{offer.id}")


async def _whom(connection: AsyncConnection, request: web.Request) -> Whom:
    """The other of this address's mentorship, behind the visitor's home. Raises NotFound."""
    for row in await mentorships_of(connection, check_home(visitor_of(request))):
        if row.id == id_of(request):
            return await read_whom(connection, row.id, row.other)
    raise NotFound


async def read_whom(connection: AsyncConnection, mentorship_id: int, other: Person) -> Whom:
    pauses = await pauses_of(connection, (mentorship_id,))
    return Whom(mentorship_id, other, pauses.get((mentorship_id, other.id)))


def _way(whom: Whom, name: str) -> Way:
    return Way(f"/mentorships/{whom.mentorship_id}/offers", "/home", name)


async def _begun(connection: AsyncConnection, request: web.Request, mentorship_id: int) -> Typed:
    """What the form begins with: `?like=7` is one's own offer to the same person, whose times have passed."""
    visitor, like = visitor_of(request), entry_number(request.query, "like")
    if like is None:
        return typed(None)
    view = await read_offer(connection, visitor, like)
    if view is None or view.author.id != visitor.person.id or view.mentorship_id != mentorship_id:
        return typed(None)
    return typed_like(view.offer)


async def offer_form(
    request: web.Request,
    whom: Whom,
    way: Way,
    begun: Typed,
    problem: DomainError | None = None,
    zone: str | None = None,
) -> web.Response:
    """The page of an offer that is to be made, with what stands in its fields, and what stood in the way."""
    return page(
        request,
        "catchups/new_offer.html",
        status=status_of(problem),
        zone=zone,
        other=whom.other,
        action=way.action,
        back=way.back,
        form_name=way.name,
        typed=begun,
        problem=problem,
        free=await free_times_of(request, (whom.other.id,)),
        agreed=await agreed_of(request),
        pause=whom.pause,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
    )
