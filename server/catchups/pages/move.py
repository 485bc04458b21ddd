"""Asking for another time of a booking, which stays until the other accepts one."""

from dataclasses import replace
from datetime import datetime

from aiohttp import web

from server.catchups.actions.bookings import ask_to_move
from server.catchups.pages.consent import shown_phone_wording, shown_wording
from server.catchups.pages.form_fields import read_draft, read_number, zone_typed_in
from server.catchups.pages.offer_form import OfferForm, offer_form_page
from server.catchups.queries.offer_forms import MovePage, read_move_page
from server.catchups.rules.drafts import SUGGESTIONS_LIMIT
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.i18n.dates import field_time
from server.web.access import visitor_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def show(request: web.Request) -> web.Response:
    found = await _read(request)
    booking = found.view.booking
    if not booking.stands(request.app[CLOCK]()):
        return see_other(f"/bookings/{booking.id}")
    if found.move:
        return see_other(f"/offers/{found.move.id}")
    media, minutes = (booking.medium.value,), str(booking.minutes)
    typed = replace(
        OfferForm.empty(SUGGESTIONS_LIMIT),
        media=media,
        minutes=minutes,
        phone_fallback=found.by_phone,
        caller=found.view.caller.value,
    )
    return _page(request, found, typed)


async def send(request: web.Request) -> web.Response:
    visitor, booking_id, now = visitor_of(request), id_of(request), request.app[CLOCK]()
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        number = read_number(form, visitor.person)
        wording, phone = shown_wording(request, form, ChoiceKind.OFFERED), shown_phone_wording(request, form)
        await ask_to_move(request.app[DATABASE], visitor, booking_id, draft, wording, now, phone, number)
    except DomainError as problem:
        typed = _in_fields(OfferForm.read(form, SUGGESTIONS_LIMIT), zone_typed_in(form, visitor.person.zone))
        return _page(request, await _read(request), typed, problem, form)
    return see_other(f"/bookings/{booking_id}")


async def _read(request: web.Request) -> MovePage:
    return await read_move_page(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())


def _page(
    request: web.Request,
    found: MovePage,
    typed: OfferForm,
    problem: DomainError | None = None,
    form: Form | None = None,
) -> web.Response:
    return offer_form_page(
        request,
        "catchups/move.html",
        typed,
        found.view.other(visitor_of(request).person.id),
        found.times,
        found.view.mentor.id == visitor_of(request).person.id,
        problem,
        form,
        booking=found.view.booking,
        kept=found.by_phone,
    )


def _in_fields(form: OfferForm, zone: str) -> OfferForm:
    """The form with the times that the booking's page proposed, too, as their fields would have them."""
    return replace(form, starts=tuple(_field_time(start, zone) for start in form.starts))


def _field_time(start: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return start
    return field_time(at, zone) if at.tzinfo else at.isoformat(timespec="minutes")
