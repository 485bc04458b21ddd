"""Changing an offer that nobody has answered yet: its words, its times, and how to meet."""

from aiohttp import web

from server.availability.pages.free_times import free_times_of
from server.catchups.actions.offers import reword_offer
from server.catchups.pages.agreed import agreed_of
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.offer import find_offer, offer_page
from server.catchups.pages.offer_form import Typed, read_draft, typed, typed_before, zone_typed_in
from server.catchups.rules.errors import OfferSent, WordingChanged
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.offers import LENGTHS, NOTE_LIMIT, starts_limit
from server.catchups.store.offers import OfferView, read_offer
from server.errors import DomainError, InvalidInput, NotFound
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other


async def show(request: web.Request) -> web.Response:
    view, now = await find_offer(request), request.app[CLOCK]()
    person = visitor_of(request).person
    offer = view.offer
    if not offer.waits(now) or person.id != view.author.id:
        return see_other(f"/offers/{offer.id}")
    return await _form(request, view, typed_before(offer, person.zone, now, starts_limit(offer)))


async def show_sent(request: web.Request, sent: OfferSent, form: Form) -> web.Response:
    """The form of an offer that was sent already, filled in with what was typed into the new one since."""
    visitor = visitor_of(request)
    async with request.app[DATABASE].reading() as connection:
        view = await read_offer(connection, visitor, sent.offer_id)
    if view is None:
        raise NotFound
    return await _form(request, view, typed(form), sent, zone_typed_in(form, visitor.person.zone))


async def send(request: web.Request) -> web.Response:
    view, visitor = await find_offer(request), visitor_of(request)
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        means, phone = shown(request, form, ChoiceKind.OFFERED), _phone(request, form, view)
        now = request.app[CLOCK]()
        await reword_offer(request.app[DATABASE], visitor, view.offer.id, draft, means, now, phone)
    except (InvalidInput, WordingChanged) as problem:
        zone = zone_typed_in(form, visitor.person.zone)
        return await _form(request, view, typed(form, starts_limit(view.offer)), problem, zone)
    except DomainError as problem:
        return await offer_page(request, problem)
    return see_other(f"/offers/{view.offer.id}")


def _phone(request: web.Request, form: Form, view: OfferView) -> Shown | None:
    """What the form showed of going on by phone, or of no longer doing so where that had been allowed."""
    if "phone_fallback" not in form and view.offer.phone_fallback:
        return shown(request, form, ChoiceKind.DISALLOWED_PHONE)
    return phone_shown(request, form)


async def _form(
    request: web.Request,
    view: OfferView,
    begun: Typed,
    problem: DomainError | None = None,
    zone: str | None = None,
) -> web.Response:
    return page(
        request,
        "catchups/reword.html",
        status=status_of(problem),
        zone=zone,
        offer=view.offer,
        other=view.recipient,
        typed=begun,
        problem=problem,
        free=await free_times_of(request, (view.recipient.id,)),
        agreed=await agreed_of(request, view.offer.moves_id),
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
    )
