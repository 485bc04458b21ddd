"""Withdrawing from a booking."""

from aiohttp import web

from server.calls.pages.ending import end_call
from server.catchups.actions.bookings import withdraw as withdraw_from
from server.catchups.pages.booking import booking_page
from server.catchups.pages.consent import shown_wording
from server.catchups.queries.booking_news import find_booking
from server.catchups.rules.ledger import Channel, ChoiceKind
from server.errors import DomainError, NotFound
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def withdraw(request: web.Request) -> web.Response:
    try:
        await withdraw_on(request, Channel.PAGE)
    except NotFound:
        raise
    except DomainError as problem:
        return await booking_page(request, problem, text(await request.post(), "words"))
    return see_other(f"/bookings/{id_of(request)}")


async def withdraw_on(request: web.Request, channel: Channel) -> None:
    """Withdraws by the form that was sent, and takes both out of the call.

    Raises NotFound, WordingChanged, InvalidInput or BookingOver.
    """
    db, visitor, booking_id = request.app[DATABASE], visitor_of(request), id_of(request)
    view = await find_booking(db, visitor, booking_id)
    form = await request.post()
    wording = shown_wording(request, form, ChoiceKind.WITHDREW, channel)
    await withdraw_from(db, visitor, booking_id, text(form, "words"), wording, request.app[CLOCK]())
    await end_call(request, booking_id, view.mentor.id, view.mentee.id)
