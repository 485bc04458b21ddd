"""Offering times anew where an offer came to nothing: within its catch-up, so that one's link to that is enough."""

from datetime import datetime

from aiohttp import web

from server.catchups.actions.offers import offer_new_times
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.new_offer import Way, offer_form, read_whom
from server.catchups.pages.offer import find_offer
from server.catchups.pages.offer_form import Typed, read_draft, typed, typed_like, zone_typed_in
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.new_times import check_ended
from server.catchups.store.offers import OfferView, is_anew_since
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    view = await find_offer(request)
    if not await _is_left(request, view, request.app[CLOCK]()):
        return see_other(f"/catchups/{view.offer.catchup_id}")
    begun = typed_like(view.offer) if view.author.id == visitor_of(request).person.id else typed(None)
    return await _form(request, view, begun)


async def send(request: web.Request) -> web.Response:
    view, visitor = await find_offer(request), visitor_of(request)
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        means, phone = shown(request, form, ChoiceKind.OFFERED), phone_shown(request, form)
        now = request.app[CLOCK]()
        offer = await offer_new_times(request.app[DATABASE], visitor, view.offer.id, draft, means, now, phone)
    except DomainError as problem:
        return await _form(request, view, typed(form), problem, zone_typed_in(form, visitor.person.zone))
    return see_other(f"/offers/{offer.id}")


async def _is_left(request: web.Request, view: OfferView, now: datetime) -> bool:
    """Whether the offer came to nothing, and nothing was begun since."""
    try:
        check_ended(view.offer, now)
    except DomainError:
        return False
    async with request.app[DATABASE].reading() as connection:
        return not await is_anew_since(connection, view.offer)


async def _form(
    request: web.Request,
    view: OfferView,
    begun: Typed,
    problem: DomainError | None = None,
    zone: str | None = None,
) -> web.Response:
    other = view.recipient if visitor_of(request).person.id == view.author.id else view.author
    async with request.app[DATABASE].reading() as connection:
        whom = await read_whom(connection, view.mentorship_id, other)
    page_of = f"/offers/{view.offer.id}"
    return await offer_form(request, whom, Way(f"{page_of}/new-times", page_of), begun, problem, zone)
