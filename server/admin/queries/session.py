"""The page of one row of the session history: its whole catch-up, from the first offer to what the two say after it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.queries.sessions import HistoryRow, read_rows
from server.admin.rules.connection_chart import ConnectionChart, draw_connection
from server.admin.rules.history import HistoryState, RowKey
from server.admin.rules.timeline import Happening, Moment, in_order
from server.calls.store.connection_samples import samples_of
from server.catchups.queries.ledger import ALTERED, CheckVerdict, read_check_verdict
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import OfferState
from server.catchups.store.ledger import ChoiceRow, ledger_of
from server.db.database import Database
from server.db.tables import bookings, catchups, choices, delays, offers, outbox, people
from server.errors import NotFound
from server.guests.rules.seats import GuestRole
from server.guests.store.seats import roles_at
from server.i18n.texts import Text

OF_CATCHUP: BindParameter[int] = bindparam("catchup_id")
BOOKINGS = select(bookings.c.id).where(bookings.c.catchup_id == OF_CATCHUP).order_by(bookings.c.id)
BECAME = (
    select(bookings.c.id).where(bookings.c.offer_id == bindparam("offer_id")).order_by(bookings.c.id.desc()).limit(1)
)
OFFERS = select(offers.c.id, offers.c.state, offers.c.expires_at, offers.c.decided_at).where(
    offers.c.catchup_id == OF_CATCHUP
)
TAKEN_BACK = select(choices.c.subject_id).where(
    choices.c.kind == ChoiceKind.TOOK_BACK.value,
    choices.c.subject_kind == "offer",
    choices.c.subject_id.in_(select(offers.c.id).where(offers.c.catchup_id == OF_CATCHUP)),
)
DELAYS = (
    select(delays, people.c.name)
    .join(people, people.c.id == delays.c.person_id)
    .join(bookings, bookings.c.id == delays.c.booking_id)
    .where(bookings.c.catchup_id == OF_CATCHUP)
)
EMAILS = (
    select(outbox.c.kind, outbox.c.sent_at, outbox.c.failed_at, people.c.name)
    .join(people, people.c.id == outbox.c.recipient_id)
    .where(
        outbox.c.catchup_id == OF_CATCHUP,
        outbox.c.dropped_at.is_(None),
        or_(outbox.c.sent_at.is_not(None), outbox.c.failed_at.is_not(None)),
    )
)
MENTORSHIP = select(catchups.c.mentorship_id).where(catchups.c.id == OF_CATCHUP)


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A row and the moments of its catch-up, oldest first; `entries` are its ledger entries by their ids, and `altered`
    is the first of them that does not hold. `check` is what the server's check of the whole ledger says. `connections`
    are pictures of how good each person's connection was, by their name. `third` is what third people
    were there as; not who.
    """

    session: HistoryRow
    mentorship_id: int
    moments: tuple[Moment, ...]
    entries: dict[int, ChoiceRow]
    altered: Text | None
    check: CheckVerdict
    connections: tuple[tuple[str, ConnectionChart], ...]
    third: tuple[GuestRole, ...]


async def read_session_page(db: Database, row: RowKey, key: bytes) -> SessionPage:
    """`key` is the one of the ledger's head. An offer that has become a booking is shown as that. Raises NotFound."""
    async with db.reading() as connection:
        if not row.booked:
            booking = (await connection.execute(BECAME, {"offer_id": row.id})).scalar_one_or_none()
            row = row if booking is None else RowKey(True, booking)
        session = next(iter(await read_rows(connection, [row])), None)
        if session is None:
            raise NotFound
        ledger = await ledger_of(connection, session.catchup_id)
        altered = next((Text(ALTERED, {"entry": str(entry.id)}) for entry in ledger if not entry.holds), None)
        about = {"catchup_id": session.catchup_id}
        return SessionPage(
            session=session,
            mentorship_id=(await connection.execute(MENTORSHIP, about)).scalar_one(),
            moments=in_order([*_chosen(ledger), *await _others(connection, session.catchup_id)]),
            entries={entry.id: entry for entry in ledger},
            altered=altered,
            check=await read_check_verdict(connection, key),
            connections=await _connections(connection, session),
            third=await roles_at(connection, session.key.id) if session.key.booked else (),
        )


async def read_both(db: Database, booking_id: int) -> tuple[str, str]:
    """The names of a booking's two people. Raises NotFound."""
    async with db.reading() as connection:
        row = next(iter(await read_rows(connection, [RowKey(True, booking_id)])), None)
    if row is None:
        raise NotFound
    return row.mentor_name, row.mentee_name


async def _connections(connection: AsyncConnection, session: HistoryRow) -> tuple[tuple[str, ConnectionChart], ...]:
    found = await samples_of(connection, session.key.id) if session.attendances else {}
    times = [sample.at for samples in found.values() for sample in samples]
    begins = min([each.joined_at for each in session.attendances], default=None)
    names = {each.person_id: each.name for each in session.attendances}
    return tuple(
        (names[person], draw_connection(samples, begins, max(times)))
        for person, samples in found.items()
        if samples and begins is not None
    )


async def _others(connection: AsyncConnection, catchup_id: int) -> list[Moment]:
    """What is in no ledger."""
    about = {"catchup_id": catchup_id}
    booked = [RowKey(True, number) for number in (await connection.execute(BOOKINGS, about)).scalars()]
    taken_back = frozenset((await connection.execute(TAKEN_BACK, about)).scalars())
    moments = [moment for row in await read_rows(connection, booked) for moment in _of_booking(row)]
    moments += _of_offers(await connection.execute(OFFERS, about), taken_back)
    for row in await connection.execute(DELAYS, about):
        moments.append(Moment(row.at, Happening.LATE, row.name, str(row.minutes)))
    for row in await connection.execute(EMAILS, about):
        what = Happening.EMAILED if row.sent_at else Happening.EMAIL_FAILED
        moments.append(Moment(row.sent_at or row.failed_at, what, row.name, row.kind))
    return moments


def _chosen(ledger: Iterable[ChoiceRow]) -> Iterator[Moment]:
    for entry in ledger:
        yield Moment(entry.at, Happening.CHOSE, entry.person_name, entry.kind.value, entry.id)


def _of_booking(row: HistoryRow) -> Iterator[Moment]:
    for each in row.attendances:
        yield Moment(each.joined_at, Happening.JOINED, each.name)
        if each.left_at:
            yield Moment(each.left_at, Happening.LEFT, each.name, each.why or "")
    if row.state is HistoryState.MISSED and row.end:
        yield Moment(row.end, Happening.MISSED)
    for report in row.reports:
        yield Moment(report.at, Happening.REPORTED, report.name, report.outcome.value)


def _of_offers(rows: Iterable[Row[Any]], taken_back: frozenset[int]) -> Iterator[Moment]:
    """Offers that nobody answered in time, and those that the server ended as nothing was left to answer."""
    for row in rows:
        if row.state == OfferState.EXPIRED.value:
            yield Moment(row.decided_at or row.expires_at, Happening.EXPIRED)
        elif row.state == OfferState.WITHDRAWN.value and row.id not in taken_back and row.decided_at:
            yield Moment(row.decided_at, Happening.ENDED)
