"""Asking for another time of a booking, which stays until the other accepts one."""

from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.pages.free_times import free_times_of, taken_between
from server.calls.queries.booking_phone import would_phone
from server.catchups.actions.bookings import ask_to_move
from server.catchups.pages.agreed import agreed_of
from server.catchups.pages.booking_news import News, read_news
from server.catchups.pages.consent import phone_shown, shown
from server.catchups.pages.offer_form import Typed, as_typed, read_draft, typed, zone_typed_in
from server.catchups.rules.bookings import may_be_moved
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.moves import two_times
from server.catchups.rules.offers import LENGTHS, NOTE_LIMIT, SUGGESTIONS_LIMIT
from server.catchups.store.bookings import BookingView
from server.errors import DomainError, InvalidInput
from server.people.rules.people import Person
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other

LOOKED_AT = timedelta(weeks=3)


async def show(request: web.Request) -> web.Response:
    news = await _find(request)
    try:
        may_be_moved(news.booking, request.app[CLOCK]())
    except DomainError:
        return see_other(f"/bookings/{news.booking.id}")
    if news.move:
        return see_other(f"/offers/{news.move.id}")
    return await _form(request, news.view)


async def send(request: web.Request) -> web.Response:
    news, visitor = await _find(request), visitor_of(request)
    booking_id = news.booking.id
    form = await request.post()
    try:
        draft = read_draft(form, visitor.person.zone)
        means, phone = shown(request, form, ChoiceKind.OFFERED), phone_shown(request, form)
        await ask_to_move(request.app[DATABASE], visitor, booking_id, draft, means, request.app[CLOCK](), phone)
    except DomainError as problem:
        return await _form(request, news.view, form, problem)
    return see_other(f"/bookings/{booking_id}")


async def times_instead(connection: AsyncConnection, person: Person, view: BookingView) -> tuple[datetime, ...]:
    """Two times at which this person could ask to meet instead: both seem to have time then."""
    booking, other = view.booking, view.other(person.id)
    taken = await taken_between(connection, person.id, (other.id,), booking.start, booking.start + LOOKED_AT)
    return two_times(booking, person.zone, taken)


async def _find(request: web.Request) -> News:
    async with request.app[DATABASE].reading() as connection:
        return await read_news(
            connection,
            visitor_of(request),
            id_of(request),
            request.app[SETTINGS].door,
            request.app[CLOCK](),
        )


async def _form(
    request: web.Request, view: BookingView, form: Form | None = None, problem: DomainError | None = None
) -> web.Response:
    person = visitor_of(request).person
    other, zone = view.other(person.id), zone_typed_in(form, person.zone)
    async with request.app[DATABASE].reading() as connection:
        allowed = person.id in await would_phone(connection, view.booking)
    return page(
        request,
        "catchups/move.html",
        status=status_of(problem),
        zone=zone,
        booking=view.booking,
        other=other,
        typed=_typed(form, view, zone, allowed),
        kept=allowed,
        problem=problem,
        free=await free_times_of(request, (other.id,)),
        agreed=await agreed_of(request, view.booking.id),
        field=problem.field if isinstance(problem, InvalidInput) else None,
        lengths=LENGTHS,
        note_limit=NOTE_LIMIT,
    )


def _typed(form: Form | None, view: BookingView, zone: str, allowed: bool) -> Typed:
    """What was typed; at first, the booking's own way and length, and whether one had `allowed` the phone."""
    fields = typed(form, SUGGESTIONS_LIMIT)
    if form is None:
        media, minutes = (view.booking.medium.value,), str(view.booking.minutes)
        return replace(fields, media=media, minutes=minutes, phone_fallback=allowed)
    return replace(fields, starts=tuple(_as_typed(start, zone) for start in fields.starts))


def _as_typed(start: str, zone: str) -> str:
    """A time that the page proposed with one tap, as its field would have it."""
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return start
    return as_typed(at, zone) if at.tzinfo else at.isoformat(timespec="minutes")
