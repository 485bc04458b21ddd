"""Suggesting another time or medium: a counter-offer."""

from dataclasses import replace

from aiohttp import web

from server.catchups.actions.answers import suggest_other
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_draft, read_number
from server.catchups.pages.offer_form import OfferForm, offer_form_page
from server.catchups.queries.offer_forms import OfferFormPage, read_suggestion_page
from server.catchups.rules.drafts import SUGGESTIONS_LIMIT
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import OfferState
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    found = await _read(request)
    offer = found.view.offer
    if offer.state is not OfferState.OPEN or visitor_of(request).person.id != found.view.recipient.id:
        return see_other(f"/offers/{offer.id}")
    # The form begins with the offer's media and length, to be changed where they should differ.
    return _page(request, found, replace(OfferForm.like(offer, SUGGESTIONS_LIMIT), note=""))


async def send(request: web.Request) -> web.Response:
    db, visitor, now = request.app[DATABASE], visitor_of(request), request.app[CLOCK]()
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        wording, own = (shown_wording(request, form, kind) for kind in (ChoiceKind.SUGGESTED, ChoiceKind.OFFERED))
        number = read_number(form, visitor.person)
        phone = shown_phone_wording(request, form)
        counter = await suggest_other(db, visitor, id_of(request), draft, wording, own, now, phone, number)
    except DomainError as problem:
        return _page(request, await _read(request), OfferForm.read(form, SUGGESTIONS_LIMIT), problem, form)
    return see_other(f"/offers/{counter.id}")


async def _read(request: web.Request) -> OfferFormPage:
    return await read_suggestion_page(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())


def _page(
    request: web.Request,
    found: OfferFormPage,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
) -> web.Response:
    other, offer = found.view.author, found.view.offer
    is_mentor = found.view.mentor.id == visitor_of(request).person.id
    return offer_form_page(
        request, "catchups/suggestion.html", typed, other, found.times, is_mentor, problem, form, offer=offer
    )
