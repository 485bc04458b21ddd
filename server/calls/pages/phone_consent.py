"""Saying whether one would go on by phone where the video fails."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from server.catchups.actions.consents import allow_phone, disallow_phone
from server.catchups.pages.booking import booking_page
from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind, ShownWording
from server.db.database import Database
from server.errors import DomainError
from server.people.rules.visitors import Visitor
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other

Action = Callable[[Database, Visitor, int, ShownWording, datetime], Awaitable[object]]


async def allow(request: web.Request) -> web.Response:
    return await _choose(request, allow_phone, ChoiceKind.ALLOWED_PHONE)


async def disallow(request: web.Request) -> web.Response:
    return await _choose(request, disallow_phone, ChoiceKind.DISALLOWED_PHONE)


async def _choose(request: web.Request, choose: Action, kind: ChoiceKind) -> web.Response:
    booking_id = id_of(request)
    form = await request.post()
    try:
        wording = shown_wording(request, form, kind)
        await choose(request.app[DATABASE], visitor_of(request), booking_id, wording, request.app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{booking_id}")
