"""The call's page; it begins with the lobby."""

from aiohttp import web

from server.calls.actions.entering import Entrance, enter_call
from server.calls.queries.lobby import read_lobby
from server.calls.rules.reports import Outcome
from server.room.pages.content import SEALER, content_config
from server.room.queries.contents import content_part
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    entrance = await entrance_of(request)
    seat, view = entrance.seat, entrance.view
    me = visitor_of(request).person
    other = view.other(me.id)
    app = request.app
    lobby = await read_lobby(app[DATABASE], app[SEALER], view, me.id, app[CLOCK]())
    return page(
        request,
        "calls/call.html",
        compressed=True,
        booking=view.booking,
        me=me,
        other=other,
        rings=view.rings(me.id),
        mentorship_id=view.mentorship_id,
        call={
            "socket": f"/calls/{view.booking.id}/socket",
            "slots": seat.seats - 1,
            "me": {"person": seat.person, "name": seat.name},
            "other": {"person": str(other.id), "name": other.name},
            "back": f"/bookings/{view.booking.id}",
            "events": f"/bookings/{view.booking.id}/events",
            "link": f"/calls/{view.booking.id}/link",
            "phone": f"/calls/{view.booking.id}/number.json",
            "withdrawal": f"/calls/{view.booking.id}/withdrawal",
            "zone": me.zone,
        },
        room=content_config(content_part(view, me.id), visitor_of(request).csrf),
        **fields_of(lobby),
        outcomes=tuple(Outcome),
    )


async def entrance_of(request: web.Request) -> Entrance:
    """The visitor's seat in the call of this address. Raises NotFound, or the CallClosed that says why not."""
    app, settings = request.app, request.app[SETTINGS]
    booking_id, now = id_of(request), app[CLOCK]()
    return await enter_call(app[DATABASE], visitor_of(request), booking_id, now, settings.join_window, settings.turn)
