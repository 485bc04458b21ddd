"""The call's page for a guest, the door in front of it, and the socket behind."""

from datetime import timedelta

from aiohttp import web

from server.calls.actions.entering import SEATS
from server.calls.pages.call_socket import serve_seat
from server.calls.rules.errors import CallClosed
from server.db.changes import Topic
from server.errors import NotFound
from server.guests.actions.guest import leave_door, take_guest_seat, wait_at_door
from server.guests.pages.guest import guest_page_of, key_of
from server.guests.rules.seats import Door
from server.i18n.texts import N_
from server.web.access import from_own_pages
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, EVENT_STREAMS, SETTINGS
from server.web.rendering import language_for, page, see_other

LOOK_AGAIN = timedelta(seconds=10)


async def show(request: web.Request) -> web.Response:
    """Who may not come in now is told why on their own page."""
    found = await guest_page_of(request)
    if found.booking is None or found.closed is not None:
        return see_other(f"/guests/{id_of(request)}")
    base = f"/guests/{found.seat.id}"
    names = language_for(request).gettext(N_(" and ")).join((found.asked_by.called, found.other.called))
    return page(
        request,
        "guests/call.html",
        compressed=True,
        zone=found.asked_by.zone,
        booking=found.booking,
        other={"name": names, "called": names, "needs": ""},
        situation=None,
        call={
            "socket": f"{base}/socket",
            "slots": SEATS - 1,
            "me": {"person": found.seat.person, "name": found.seat.name},
            "other": {"person": str(found.asked_by.id), "name": names},
            "back": base,
            "phone": None,
            "door": f"{base}/events",
        },
    )


async def connect(request: web.Request) -> web.StreamResponse:
    """While this stream is open, the guest waits at the door. The event `door` says where they stand."""
    app, key = request.app, key_of(request)
    db, window = app[DATABASE], app[SETTINGS].join_window
    seat = await wait_at_door(db, key, app[CLOCK](), window)
    # Negative, so that it is nobody's visit.
    async with app[EVENT_STREAMS].open(request, -seat.id) as stream:

        async def tell() -> timedelta:
            found = await guest_page_of(request)
            door = found.door
            if found.booking is None or found.closed:
                door = Door.OUTSIDE
            elif door is Door.OUTSIDE:
                # An earlier stream of theirs has ended only now; in this one they wait on.
                try:
                    await wait_at_door(db, key, app[CLOCK](), window)
                except CallClosed as closed:
                    raise NotFound from closed
                door = Door.WAITS
            await stream.tell("door", door)
            return LOOK_AGAIN

        try:
            with db.changes.watch((Topic("guest", seat.id),), stream.wake):
                await stream.follow(tell)
        finally:
            await leave_door(db, seat)
    return stream.response


async def socket(request: web.Request) -> web.StreamResponse:
    """Raises NotFound while the guest is not let in."""
    if not from_own_pages(request):
        raise NotFound
    app, settings = request.app, request.app[SETTINGS]
    seat = await take_guest_seat(app[DATABASE], key_of(request), app[CLOCK](), settings.join_window, settings.turn)
    return await serve_seat(request, seat)
