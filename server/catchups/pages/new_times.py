"""Offering new times where an offer came to nothing: within its catch-up, so that a link to that is enough."""

from aiohttp import web

from server.catchups.actions.offers import offer_new_times
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_draft, read_number
from server.catchups.pages.new_offer import new_offer_page
from server.catchups.pages.offer_form import OfferForm
from server.catchups.queries.offer_forms import NewTimesPage, read_new_times_page
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    found = await _read(request)
    offer = found.view.offer
    if not found.renewable:
        return see_other(f"/catchups/{offer.catchup_id}")
    own = found.view.author.id == visitor_of(request).person.id
    return _page(request, found, OfferForm.like(offer) if own else OfferForm.empty())


async def send(request: web.Request) -> web.Response:
    visitor, now = visitor_of(request), request.app[CLOCK]()
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        number = read_number(form, visitor.person)
        wording, phone = shown_wording(request, form, ChoiceKind.OFFERED), shown_phone_wording(request, form)
        offer = await offer_new_times(
            request.app[DATABASE], visitor, id_of(request), draft, wording, now, phone, number
        )
    except DomainError as problem:
        return _page(request, await _read(request), OfferForm.read(form), problem, form)
    return see_other(f"/offers/{offer.id}")


async def _read(request: web.Request) -> NewTimesPage:
    return await read_new_times_page(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())


def _page(
    request: web.Request,
    found: NewTimesPage,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
) -> web.Response:
    offer_path = f"/offers/{found.view.offer.id}"
    return new_offer_page(request, found, typed, problem, form, action=f"{offer_path}/new-times", back=offer_path)
