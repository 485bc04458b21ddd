"""The admin's history: what was offered, chosen, booked and attended. Never what was said."""

from aiohttp import web

from server.admin.queries.history import read_history_page
from server.admin.queries.sessions import SessionFilter
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.ledger_heads import PURPOSE
from server.web.forms import entry_number
from server.web.keys import CLOCK, DATABASE, SECRET, SETTINGS
from server.web.rendering import fields_of, page

STATES = frozenset(state.value for state in BookingState)


async def show(request: web.Request) -> web.Response:
    wanted = _filter(request)
    app = request.app
    found = await read_history_page(app[DATABASE], wanted, app[SECRET].key(PURPOSE), app[CLOCK]())
    return page(
        request,
        "admin/history.html",
        **fields_of(found),
        states=tuple(BookingState),
        state=wanted.state,
        mail_folder=app[SETTINGS].mail_folder,
    )


def _filter(request: web.Request) -> SessionFilter:
    """The filter that the address names: unknown states and numbers that no id can be are left out."""
    state = request.query.get("state")
    return SessionFilter(BookingState(state) if state in STATES else None, entry_number(request.query, "before"))
