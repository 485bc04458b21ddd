"""Reporting how a catch-up was: with one tap, on its page or when leaving its call."""

from aiohttp import web

from server.calls.actions.reports import report
from server.calls.rules.reports import Outcome
from server.catchups.pages.booking import booking_page
from server.errors import DomainError, InvalidInput
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, Form, id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import see_other


async def send(request: web.Request) -> web.Response:
    booking_id = id_of(request)
    form = await request.post()
    app = request.app
    try:
        outcome = _outcome(form)
        await report(app[DATABASE], visitor_of(request), booking_id, outcome, app[SETTINGS].join_window, app[CLOCK]())
    except DomainError as problem:
        return await booking_page(request, problem)
    return see_other(f"/bookings/{booking_id}")


def _outcome(form: Form) -> Outcome:
    """Raises InvalidInput."""
    try:
        return Outcome(text(form, "outcome"))
    except ValueError as error:
        raise InvalidInput("outcome", NOT_LISTED) from error
