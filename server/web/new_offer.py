"""Offering a catch-up."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.offers import make_offer
from server.domain.consents import ChoiceKind
from server.domain.errors import DomainError, NotFound, OfferSent
from server.domain.offers import LENGTHS, NOTE_LIMIT, STARTS_LIMIT
from server.domain.visitors import at_home
from server.keys import CLOCK, DATABASE
from server.storage.offers import read_offer
from server.storage.pauses import pauses_of
from server.storage.people import MentorshipRow, mentorships_of
from server.web.agreed import agreed_of
from server.web.consent import phone_shown, shown
from server.web.entry import visitor_of
from server.web.forms import entry_number, id_of, read_draft, text, zone_typed_in
from server.web.free_times import free_times_of
from server.web.offer_form import Typed, typed, typed_like
from server.web.render import page, see_other
from server.web.reword import show_sent

FORM_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an offer is to be made to, and from when they would like to be asked again, where they said so."""

    mentorship: MentorshipRow
    pause: datetime | None


async def show(request: web.Request) -> web.Response:
    async with request.app[DATABASE].reading() as connection:
        whom = await _whom(connection, request)
        begun = await _begun(connection, request, whom.mentorship)
    return await _form(request, whom, begun, secrets.token_urlsafe(FORM_NAME_BYTES))


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
            request.app[DATABASE], visitor, whom.mentorship.id, draft, means, now, name or None, phone=phone
        )
    except OfferSent as sent:
        return await show_sent(request, sent, form)
    except DomainError as problem:
        return await _form(request, whom, typed(form), name, problem, zone_typed_in(form, visitor.person.zone))
    return see_other(f"/offers/{offer.id}")


async def _whom(connection: AsyncConnection, request: web.Request) -> Whom:
    """The other of this address's mentorship, behind the visitor's home. Raises NotFound."""
    for row in await mentorships_of(connection, at_home(visitor_of(request))):
        if row.id == id_of(request):
            pauses = await pauses_of(connection, (row.id,))
            return Whom(row, pauses.get((row.id, row.other.id)))
    raise NotFound


async def _begun(connection: AsyncConnection, request: web.Request, mentorship: MentorshipRow) -> Typed:
    """What the form begins with: `?like=7` is one's own offer to the same person, whose times have passed."""
    visitor, like = visitor_of(request), entry_number(request.query, "like")
    if like is None:
        return typed(None)
    view = await read_offer(connection, visitor, like)
    if view is None or view.author.id != visitor.person.id or view.mentorship_id != mentorship.id:
        return typed(None)
    return typed_like(view.offer)


async def _form(
    request: web.Request,
    whom: Whom,
    begun: Typed,
    name: str,
    problem: DomainError | None = None,
    zone: str | None = None,
) -> web.Response:
    other = whom.mentorship.other
    return page(
        request,
        "new_offer.html",
        status=problem.status if problem else 200,
        zone=zone,
        other=other,
        action=f"/mentorships/{whom.mentorship.id}/offers",
        back="/home",
        form_name=name,
        typed=begun,
        problem=problem,
        free=await free_times_of(request, (other.id,)),
        agreed=await agreed_of(request),
        pause=whom.pause,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
        starts_limit=STARTS_LIMIT,
    )
