"""The admin's history: the list of bookings and of offers without one, and the page of one booking."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.queries.emails import list_aside
from server.admin.queries.sessions import NAMES, PAGE_ROWS, SessionFilter, SessionRow, list_sessions, read_session
from server.catchups.queries.ledger import ALTERED, CheckVerdict, read_check_verdict
from server.catchups.rules.offers import OfferState
from server.catchups.store.catchups import of_both
from server.catchups.store.ledger import ChoiceRow, ledger_of
from server.db.database import Database
from server.db.tables import offers
from server.errors import NotFound
from server.i18n.texts import Text
from server.mail.outages import read_outage
from server.mail.outbox import count_waiting

# As a literal: only then the index over these offers is used.
NOT_ACCEPTED = offers.c.state != literal(OfferState.ACCEPTED.value, literal_execute=True)


@dataclass(frozen=True, slots=True)
class UnbookedRow:
    """A catch-up that has not become a booking, by its newest offer."""

    catchup_id: int
    mentor_name: str
    mentee_name: str
    state: OfferState
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`unbooked` is on the first page only. `older` is the id that the next page's bookings come before, None on the
    last page; `check` is what is known of the ledger; `undelivered` is how many emails could not be delivered, `aside`
    how much other work was set aside, and `mail_stopped` whether the mail server takes no emails."""

    sessions: tuple[SessionRow, ...]
    unbooked: tuple[UnbookedRow, ...]
    older: int | None
    check: CheckVerdict
    undelivered: int
    aside: int
    mail_stopped: bool


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A booking with the ledger entries of its catch-up, oldest first; `altered` is the first that does not hold.

    `check` is what the server's check of the whole ledger says.
    """

    session: SessionRow
    ledger: tuple[ChoiceRow, ...]
    altered: Text | None
    check: CheckVerdict


async def read_history_page(db: Database, wanted: SessionFilter, key: bytes, now: datetime) -> HistoryPage:
    """`key` is the one of the ledger's head."""
    async with db.reading() as connection:
        sessions = await list_sessions(connection, wanted)
        return HistoryPage(
            sessions=sessions,
            unbooked=await list_unbooked(connection) if wanted == SessionFilter() else (),
            older=sessions[-1].booking_id if len(sessions) == PAGE_ROWS else None,
            check=await read_check_verdict(connection, key),
            undelivered=(await count_waiting(connection, now)).failed,
            aside=len(await list_aside(connection)),
            mail_stopped=await read_outage(connection) is not None,
        )


async def read_session_page(db: Database, booking_id: int, key: bytes) -> SessionPage:
    """`key` is the one of the ledger's head. Raises NotFound."""
    async with db.reading() as connection:
        session = await read_session(connection, booking_id)
        if session is None:
            raise NotFound
        ledger = await ledger_of(connection, session.catchup_id)
        altered = next((Text(ALTERED, {"entry": str(entry.id)}) for entry in ledger if not entry.holds), None)
        return SessionPage(session, ledger, altered, await read_check_verdict(connection, key))


async def list_unbooked(connection: AsyncConnection) -> tuple[UnbookedRow, ...]:
    """The newest 50 catch-ups without a booking: their newest offer was not accepted, and asks to move none."""
    newer = offers.alias("newer")
    newest = ~exists().where(newer.c.catchup_id == offers.c.catchup_id, newer.c.id > offers.c.id)
    rows = await connection.execute(
        of_both(select(offers, *NAMES).select_from(offers), offers)
        .where(NOT_ACCEPTED, offers.c.moves_id.is_(None), newest)
        .order_by(offers.c.id.desc())
        .limit(PAGE_ROWS)
    )
    return tuple(
        UnbookedRow(row.catchup_id, row.mentor_name, row.mentee_name, OfferState(row.state), row.made_at)
        for row in rows
    )
