"""A guest's pages: what their link opens. They have no account, and see nothing of the two but names and the time."""

import hmac
from typing import Any

from aiohttp import web

from server.calls.pages.ending import end_guest
from server.catchups.pages.invitation import calendar_file
from server.errors import NotFound
from server.guests.access import GuestKey
from server.guests.actions.guest import open_guest_link, refuse_seat
from server.guests.queries.calendar_files import read_guest_invitation
from server.guests.queries.seat import GuestPage, read_guest_page
from server.guests.rules.links import PURPOSE
from server.people.rules.links import csrf_of
from server.web.access import ForeignAddress, ForeignForm, cookie_name, form_of, from_own_pages
from server.web.client_address import caller_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SECRET, SETTINGS, VISITOR
from server.web.rendering import fields_of, page, see_other

COOKIE_LASTS_S = 14 * 24 * 3600


async def exchange(request: web.Request) -> web.Response:
    """The link's secret goes into a cookie, and out of the address bar. It decides nothing."""
    app, token = request.app, request.match_info["token"]
    seat = await open_guest_link(app[DATABASE], _key(request, token), app[CLOCK](), caller_of(request))
    response = see_other(f"/guests/{seat.id}")
    response.set_cookie(
        _cookie(request, seat.id),
        token,
        max_age=COOKIE_LASTS_S,
        httponly=True,
        secure=app[SETTINGS].secure,
        samesite="Lax",
        path="/",
    )
    return response


async def show(request: web.Request) -> web.Response:
    found = await guest_page_of(request)
    return page(request, "guests/guest.html", zone=found.asked_by.zone, **guest_values(request, found))


async def invitation(request: web.Request) -> web.Response:
    """The catch-up as a file for the guest's calendar."""
    app, settings = request.app, request.app[SETTINGS]
    request[VISITOR] = None
    file = await read_guest_invitation(
        app[DATABASE], key_of(request), settings.base_url, settings.mail_from, app[CLOCK]()
    )
    return calendar_file(file)


async def refuse(request: web.Request) -> web.Response:
    """This form has no visit: its token is made of the cookie."""
    key = key_of(request)
    if request.headers.get("Origin") is not None and not from_own_pages(request):
        raise ForeignAddress(address=request.app[SETTINGS].base_url)
    if not hmac.compare_digest(text(await form_of(request), "csrf").encode(), csrf_of(key.token).encode()):
        raise ForeignForm
    seat, booking = await refuse_seat(request.app[DATABASE], key, request.app[CLOCK]())
    if booking is not None:
        await end_guest(request, booking.id, seat.person)
    response = see_other("/guests/gone")
    response.del_cookie(_cookie(request, seat.id), path="/", secure=request.app[SETTINGS].secure, httponly=True)
    return response


async def gone(request: web.Request) -> web.Response:
    request[VISITOR] = None
    return page(request, "guests/gone.html")


async def guest_page_of(request: web.Request) -> GuestPage:
    """What the guest of this address may see. Nobody is signed in here. Raises NotFound."""
    app = request.app
    request[VISITOR] = None
    return await read_guest_page(app[DATABASE], key_of(request), app[SETTINGS].join_window, app[CLOCK]())


def guest_values(request: web.Request, found: GuestPage) -> dict[str, Any]:
    return fields_of(found) | {"csrf": csrf_of(key_of(request).token)}


def key_of(request: web.Request) -> GuestKey:
    """What this browser shows for the seat of this address. Raises NotFound."""
    token = request.cookies.get(_cookie(request, id_of(request)), "")
    if token.partition(".")[0] != str(id_of(request)):
        raise NotFound
    return _key(request, token)


def _key(request: web.Request, token: str) -> GuestKey:
    return GuestKey(token, request.app[SECRET].key(PURPOSE))


def _cookie(request: web.Request, seat_id: int) -> str:
    """One for each seat, so that a guest of two catch-ups can have both open."""
    return f"{cookie_name(request.app[SETTINGS])}-guest-{seat_id}"
