"""What the two do with the seat of a third person: on the booking's page, and at the door of the call."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.calls.pages.ending import end_guest
from server.catchups.pages.booking import booking_page
from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, NotFound
from server.guests.actions import seats
from server.guests.rules.seats import GuestDraft
from server.web.access import visitor_of
from server.web.forms import Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def ask(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    draft = GuestDraft(*(text(form, f"guest_{field}") for field in ("name", "email", "role", "language")))

    async def act() -> None:
        shown = shown_wording(request, form, ChoiceKind.AGREED_GUEST)
        await seats.ask_for_seat(app[DATABASE], visitor_of(request), id_of(request), draft, shown, app[CLOCK]())

    return await _on_page(request, act, draft)


async def agree(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()

    async def act() -> None:
        shown = shown_wording(request, form, ChoiceKind.AGREED_GUEST)
        await seats.agree_to_seat(app[DATABASE], visitor_of(request), id_of(request), _seat(form), shown, app[CLOCK]())

    return await _on_page(request, act)


async def end(request: web.Request) -> web.Response:
    """Declines, takes back or withdraws; a guest who is in the call is out of it at once."""
    app, form = request.app, await request.post()

    async def act() -> None:
        shown = shown_wording(request, form, ChoiceKind.ENDED_GUEST)
        seat = await seats.end_seat_of(
            app[DATABASE], visitor_of(request), id_of(request), _seat(form), shown, app[CLOCK]()
        )
        await end_guest(request, id_of(request), seat.person)

    return await _on_page(request, act)


async def open_door(request: web.Request) -> web.Response:
    """From the call's page, as the others below: its event stream brings what changes."""
    await seats.open_door(request.app[DATABASE], visitor_of(request), id_of(request), _seat(await request.post()))
    return web.Response(status=204)


async def put_off(request: web.Request) -> web.Response:
    await seats.put_off(request.app[DATABASE], visitor_of(request), id_of(request), _seat(await request.post()))
    return web.Response(status=204)


async def close_door(request: web.Request) -> web.Response:
    """Asks the guest to leave: they are out of the call at once."""
    form = await request.post()
    seat = await seats.close_door(request.app[DATABASE], visitor_of(request), id_of(request), _seat(form))
    await end_guest(request, id_of(request), seat.person)
    return web.Response(status=204)


def _seat(form: Form) -> int:
    """The id of the seat that the page showed."""
    return whole_number(form, "seat")


async def _on_page(
    request: web.Request, act: Callable[[], Awaitable[None]], typed: GuestDraft | None = None
) -> web.Response:
    """The booking's page, after the verb or with its problem."""
    try:
        await act()
    except NotFound:
        raise
    except DomainError as problem:
        return await booking_page(request, problem, guest=typed)
    return see_other(f"/bookings/{id_of(request)}#guest")
