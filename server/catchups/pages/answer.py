"""Answering an offer: accepting, declining, not now, and taking an answer back."""

from collections.abc import Awaitable

from aiohttp import web

from server.calls.pages.ending import end_call
from server.catchups.actions.answers import Acceptance, accept_offer, decline_offer, postpone_offer, undo_answer
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.offer import find_offer, offer_page
from server.catchups.pages.offer_form import read_medium, read_start
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.forms import Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def accept(request: web.Request) -> web.Response:
    form = await request.post()
    try:
        choice = _acceptance(request, form)
        booking = await accept_offer(
            request.app[DATABASE], visitor_of(request), id_of(request), choice, request.app[CLOCK]()
        )
    except DomainError as problem:
        return await offer_page(request, problem, form)
    offer = (await find_offer(request)).offer
    if offer.moves_id:
        # Who waits in the call of the time that was given up is told.
        await end_call(request, offer.moves_id, offer.author_id, offer.recipient_id)
    return see_other(f"/bookings/{booking.id}")


async def decline(request: web.Request) -> web.Response:
    form = await request.post()
    return await _answer(request, form, _declined(request, form))


async def postpone(request: web.Request) -> web.Response:
    form = await request.post()
    return await _answer(request, form, _postponed(request, form))


async def undo(request: web.Request) -> web.Response:
    form = await request.post()
    return await _answer(request, form, _undone(request, form))


def _acceptance(request: web.Request, form: Form) -> Acceptance:
    return Acceptance(
        start=read_start(form),
        medium=read_medium(form),
        shown=shown(request, form, ChoiceKind.ACCEPTED),
        revision=whole_number(form, "revision"),
        phone=phone_shown(request, form),
    )


async def _declined(request: web.Request, form: Form) -> None:
    means = shown(request, form, ChoiceKind.DECLINED)
    await decline_offer(
        request.app[DATABASE], visitor_of(request), id_of(request), text(form, "words"), means, request.app[CLOCK]()
    )


async def _postponed(request: web.Request, form: Form) -> None:
    means = shown(request, form, ChoiceKind.POSTPONED)
    weeks = whole_number(form, "weeks")
    now = request.app[CLOCK]()
    await postpone_offer(
        request.app[DATABASE], visitor_of(request), id_of(request), weeks, text(form, "words"), means, now
    )


async def _undone(request: web.Request, form: Form) -> None:
    means = shown(request, form, ChoiceKind.UNDID)
    door = request.app[SETTINGS].door
    await undo_answer(request.app[DATABASE], visitor_of(request), id_of(request), means, door, request.app[CLOCK]())


async def _answer(request: web.Request, form: Form, answer: Awaitable[None]) -> web.Response:
    """The offer's page after the answer, or with what stood in its way."""
    try:
        await answer
    except DomainError as problem:
        return await offer_page(request, problem, form)
    return see_other(f"/offers/{id_of(request)}")
