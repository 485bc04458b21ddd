"""The admin's history: what was offered, chosen, booked and attended. Never what was said."""

from aiohttp import web

from server.admin.queries.history import PAGE_ROWS, HistoryPage, list_sessions, list_unbooked, read_session
from server.catchups.actions.ledger import verify
from server.catchups.rules.bookings import BookingState
from server.catchups.store.ledger import ledger_of
from server.errors import NotFound
from server.mail.outbox import count_waiting
from server.web.forms import entry_number, id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page

STATES = frozenset(state.value for state in BookingState)


async def show(request: web.Request) -> web.Response:
    asked = _asked(request)
    async with request.app[DATABASE].reading() as connection:
        sessions = await list_sessions(connection, asked)
        first_page = asked.state is None and asked.before is None
        unbooked = await list_unbooked(connection) if first_page else ()
        emails = await count_waiting(connection, request.app[CLOCK]())
    return page(
        request,
        "admin/history.html",
        sessions=sessions,
        unbooked=unbooked,
        states=tuple(BookingState),
        state=asked.state,
        older=sessions[-1].booking_id if len(sessions) == PAGE_ROWS else None,
        undelivered=emails.failed,
        mail_folder=request.app[SETTINGS].mail_folder,
    )


async def show_session(request: web.Request) -> web.Response:
    async with request.app[DATABASE].reading() as connection:
        session = await read_session(connection, id_of(request))
        if session is None:
            raise NotFound
        ledger = await ledger_of(connection, session.catchup_id)
    return page(
        request, "admin/session.html", session=session, ledger=ledger, verdict=await verify(request.app[DATABASE])
    )


def _asked(request: web.Request) -> HistoryPage:
    """The filter that the address asks for; what cannot be understood is left out."""
    state = request.query.get("state", "")
    return HistoryPage(
        state=BookingState(state) if state in STATES else None,
        before=entry_number(request.query, "before"),
    )
