"""The phone of a catch-up: giving one's number, going on by phone or not, and the other's number within the call."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime

from aiohttp import web

from server.calls.actions.phone import allow_phone, disallow_phone, give_number
from server.calls.rules.errors import NumberNotLent
from server.calls.rules.phone import lent_number
from server.catchups.pages.booking import booking_page, find_booking
from server.catchups.pages.consent import shown
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.db.database import Database
from server.errors import DomainError
from server.people.rules.visitors import Visitor
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other

Consent = Callable[[Database, Visitor, int, Shown, datetime], Awaitable[object]]


async def give(request: web.Request) -> web.Response:
    typed = text(await request.post(), "phone")
    try:
        await give_number(request.app[DATABASE], visitor_of(request), id_of(request), typed)
    except DomainError as problem:
        return await booking_page(request, problem, phone=typed)
    return see_other(f"/bookings/{id_of(request)}")


async def allow(request: web.Request) -> web.Response:
    return await _choose(request, allow_phone, ChoiceKind.ALLOWED_PHONE)


async def disallow(request: web.Request) -> web.Response:
    return await _choose(request, disallow_phone, ChoiceKind.DISALLOWED_PHONE)


async def number(request: web.Request) -> web.Response:
    """The other's number for the call's page, which asks for it when somebody presses the button, and while it shows.

    With it: whether one has a number oneself (`own`), and for how many `seconds` more the other's may be shown. Asked
    with HEAD, it says only whether there is one to be had now.
    """
    view = await find_booking(request)
    me, now = visitor_of(request).person, request.app[CLOCK]()
    lent = lent_number(view, view.booking, me.id, request.app[SETTINGS].door, now)
    if lent is None:
        raise NumberNotLent
    seconds = (view.booking.end - now).total_seconds()
    return web.json_response({**asdict(lent), "own": bool(me.phone), "seconds": seconds})


async def _choose(request: web.Request, choose: Consent, kind: ChoiceKind) -> web.Response:
    form = await request.post()
    try:
        means = shown(request, form, kind)
        await choose(request.app[DATABASE], visitor_of(request), id_of(request), means, request.app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{id_of(request)}")
