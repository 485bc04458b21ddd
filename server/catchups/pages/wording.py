"""Changing an offer that nobody has answered yet: its words, its times, and how to meet."""

from aiohttp import web

from server.catchups.actions.offers import reword_offer
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_draft, read_number
from server.catchups.pages.offer import offer_page
from server.catchups.pages.offer_form import OfferForm, offer_form_page
from server.catchups.queries.offer import find_offer
from server.catchups.queries.offer_forms import OfferFormPage, read_wording_page
from server.catchups.rules.errors import WordingChanged
from server.catchups.rules.ledger import ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.catchups.rules.proposals import starts_limit
from server.errors import DomainError, InvalidInput
from server.web.access import visitor_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    person, now = visitor_of(request).person, request.app[CLOCK]()
    found = await _read(request, id_of(request))
    offer = found.view.offer
    if not offer.waits(now) or person.id != found.view.author.id:
        return see_other(f"/offers/{offer.id}")
    return _page(request, found, OfferForm.of(offer, person.zone, now, starts_limit(offer)))


async def send(request: web.Request) -> web.Response:
    db, visitor, offer_id, now = request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]()
    offer = (await find_offer(db, visitor, offer_id)).offer
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        number = read_number(form, visitor.person)
        wording, phone = shown_wording(request, form, ChoiceKind.OFFERED), _phone_wording(request, form, offer)
        await reword_offer(db, visitor, offer_id, draft, wording, now, phone, number)
    except (InvalidInput, WordingChanged) as problem:
        typed = OfferForm.read(form, starts_limit(offer))
        return _page(request, await _read(request, offer_id), typed, problem, form)
    except DomainError as problem:
        return await offer_page(request, problem)
    return see_other(f"/offers/{offer_id}")


async def sent_offer_page(request: web.Request, offer_id: int, problem: DomainError, form: Form) -> web.Response:
    """The page of an offer that was sent already, filled in with what was typed into its form since."""
    return _page(request, await _read(request, offer_id), OfferForm.read(form), problem, form)


def _phone_wording(request: web.Request, form: Form, offer: Offer) -> ShownWording | None:
    """What the form showed of going on by phone, or of no longer doing so where that had been allowed."""
    if "phone_fallback" not in form and offer.phone_fallback:
        return shown_wording(request, form, ChoiceKind.DISALLOWED_PHONE)
    return shown_phone_wording(request, form)


async def _read(request: web.Request, offer_id: int) -> OfferFormPage:
    return await read_wording_page(request.app[DATABASE], visitor_of(request), offer_id, request.app[CLOCK]())


def _page(
    request: web.Request,
    found: OfferFormPage,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
) -> web.Response:
    other, offer = found.view.recipient, found.view.offer
    is_mentor = found.view.mentor.id == visitor_of(request).person.id
    return offer_form_page(
        request, "catchups/wording.html", typed, other, found.times, is_mentor, problem, form, offer=offer
    )
