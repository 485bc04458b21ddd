"""Suggesting another time or medium: a counter-offer."""

from dataclasses import replace

from aiohttp import web

from server.availability.pages.free_times import free_times_of
from server.catchups.actions.answers import suggest_other
from server.catchups.pages.agreed import agreed_of
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.offer import find_offer
from server.catchups.pages.offer_form import Typed, read_draft, typed, typed_like, zone_typed_in
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import LENGTHS, NOTE_LIMIT, SUGGESTIONS_LIMIT, Offer, OfferState
from server.catchups.store.offers import OfferView
from server.errors import DomainError, InvalidInput
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    view = await find_offer(request)
    if view.offer.state is not OfferState.OPEN or visitor_of(request).person.id != view.recipient.id:
        return see_other(f"/offers/{view.offer.id}")
    return await _form(request, view)


async def send(request: web.Request) -> web.Response:
    view = await find_offer(request)
    visitor = visitor_of(request)
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        means, own = shown(request, form, ChoiceKind.SUGGESTED), shown(request, form, ChoiceKind.OFFERED)
        phone, now = phone_shown(request, form), request.app[CLOCK]()
        counter = await suggest_other(request.app[DATABASE], visitor, view.offer.id, draft, means, own, now, phone)
    except DomainError as problem:
        return await _form(request, view, form, problem)
    return see_other(f"/offers/{counter.id}")


def _as_offered(offer: Offer) -> Typed:
    """A fresh form begins with the offer's ways and length: what is to be another is changed there."""
    return replace(typed_like(offer, SUGGESTIONS_LIMIT), note="")


async def _form(
    request: web.Request, view: OfferView, form: Form | None = None, problem: DomainError | None = None
) -> web.Response:
    return page(
        request,
        "catchups/suggestion.html",
        status=status_of(problem),
        zone=zone_typed_in(form, visitor_of(request).person.zone),
        view=view,
        offer=view.offer,
        other=view.author,
        typed=typed(form, SUGGESTIONS_LIMIT) if form else _as_offered(view.offer),
        problem=problem,
        free=await free_times_of(request, (view.author.id,)),
        agreed=await agreed_of(request, view.offer.moves_id),
        field=problem.field if isinstance(problem, InvalidInput) else None,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
        starts_limit=SUGGESTIONS_LIMIT,
    )
