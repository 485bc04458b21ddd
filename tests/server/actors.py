"""Maya and Sam with a mentorship, as visitors of a real database; and a stranger."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.actions.accounts import NewAccount, make_account, make_account_link
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.invitations import invitation_from
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.catchups.store import ledger as choices
from server.db.database import Database
from server.db.tables import metadata
from server.people.actions.links import VisitStart, find_visitor, make_link, open_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import Role
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.links import Purpose
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from tests.crowd import unlimited

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
DRAFT = Draft("How things are with me.", frozenset(Medium), (FIRST, SECOND), 30)
# What people are shown of each kind of choice.
SHOWN = {kind: ShownWording(WORDINGS[kind], "en") for kind in ChoiceKind}
OFFERED, SUGGESTED, WITHDREW, UNDID = (
    SHOWN[kind] for kind in (ChoiceKind.OFFERED, ChoiceKind.SUGGESTED, ChoiceKind.WITHDREW, ChoiceKind.UNDID)
)
DECLINED, POSTPONED, TOOK_BACK = (
    SHOWN[kind] for kind in (ChoiceKind.DECLINED, ChoiceKind.POSTPONED, ChoiceKind.TOOK_BACK)
)
ALLOWED_PHONE, DISALLOWED_PHONE = SHOWN[ChoiceKind.ALLOWED_PHONE], SHOWN[ChoiceKind.DISALLOWED_PHONE]


@dataclass(frozen=True)
class Pair:
    """A mentor and a mentee, each with a home link, and a stranger who has a home too."""

    mentor: Visitor
    mentee: Visitor
    stranger: Visitor
    mentorship_id: int


@pytest.fixture
async def pair(database: Database) -> Pair:
    async with database.writing() as connection:
        maya, sam, eve = [
            await find_or_add_person(connection, NewPerson(name, f"{name.lower()}@example.org", zone), NOW)
            for name, zone in (("Maya", "Europe/Stockholm"), ("Sam", "Europe/London"), ("Eve", "UTC"))
        ]
        mentorship_id = await find_or_add_mentorship(connection, maya, sam, NOW)
        secrets = [
            await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
            for person in (maya, sam, eve)
        ]
    return Pair(*[await visitor_by(database, secret) for secret in secrets], mentorship_id)


async def an_offer(database: Database, pair: Pair, draft: Draft = DRAFT, now: datetime = NOW) -> Offer:
    """Maya offers Sam a catch-up."""
    phone = ALLOWED_PHONE if draft.phone_fallback else None
    return await make_offer(database, pair.mentor, pair.mentorship_id, draft, OFFERED, now, phone=phone)


def accepting(start: datetime = FIRST, medium: Medium = Medium.VIDEO, **more: Any) -> Acceptance:
    return Acceptance(start, medium, SHOWN[ChoiceKind.ACCEPTED], **more)


async def a_booking(
    database: Database, pair: Pair, start: datetime = FIRST, medium: Medium = Medium.VIDEO, now: datetime = NOW
) -> Booking:
    """What Maya offers and Sam accepts: one time and medium among others."""
    starts = tuple(sorted({start, start + timedelta(days=1)}))
    offer = await an_offer(database, pair, Draft("How things are with me.", frozenset(Medium), starts, 30), now)
    return await accept_offer(database, pair.mentee, offer.id, accepting(start, medium), now)


async def kinds_in(database: Database, catchup_id: int) -> list[str]:
    """The kinds of a catch-up's ledger entries, oldest first."""
    async with database.reading() as connection:
        return [entry.kind.value for entry in await choices.ledger_of(connection, catchup_id)]


@dataclass(frozen=True)
class QueuedEmail:
    """An email in the outbox: its recipient, its kind, and its calendar event (status, sequence and start), if any."""

    name: str
    kind: str
    event: tuple[str, int, datetime] | None


async def emails_in(database: Database, catchup_id: int) -> list[QueuedEmail]:
    """The emails about a catch-up, sent or not, in the order in which they were queued: without reminders, and without
    those that were dropped."""
    people_, boxes = metadata.tables["people"], metadata.tables["outbox"]
    async with database.reading() as connection:
        rows = await connection.execute(
            select(people_.c.name, boxes)
            .join(people_, people_.c.id == boxes.c.recipient_id)
            .where(boxes.c.catchup_id == catchup_id, boxes.c.kind.not_like("reminder%"), boxes.c.dropped_at.is_(None))
            .order_by(boxes.c.id)
        )
    return [QueuedEmail(row.name, row.kind, _event(row.invitation)) for row in rows]


async def emails_left(database: Database) -> None:
    """All emails but the reminders have been sent, as minutes later: what follows drops none of them."""
    boxes = metadata.tables["outbox"]
    async with database.writing() as connection:
        unsent = boxes.c.sent_at.is_(None), boxes.c.dropped_at.is_(None), boxes.c.booking_id.is_(None)
        await connection.execute(update(boxes).where(*unsent).values(sent_at=NOW, attempts=1))


@pytest.fixture
def no_limits() -> Iterator[None]:
    """One person may make another get any number of emails."""
    with unlimited():
        yield


def _event(text: str | None) -> tuple[str, int, datetime] | None:
    if text is None:
        return None
    invitation = invitation_from(json.loads(text))
    return invitation.status.value, invitation.sequence, invitation.start


async def pending_reminders(database: Database, booking: Booking) -> list[tuple[str, str]]:
    """Who is still to be reminded of the booking, and by which email."""
    people_, boxes = metadata.tables["people"], metadata.tables["outbox"]
    async with database.reading() as connection:
        rows = await connection.execute(
            select(people_.c.name, boxes.c.kind)
            .join(people_, people_.c.id == boxes.c.recipient_id)
            .where(boxes.c.booking_id == booking.id, boxes.c.dropped_at.is_(None), boxes.c.sent_at.is_(None))
            .order_by(boxes.c.id)
        )
        return [(row.name, row.kind) for row in rows]


async def sequence_of(database: Database, catchup_id: int) -> int:
    """The present SEQUENCE of the catch-up's calendar event."""
    table = metadata.tables["catchups"]
    async with database.reading() as connection:
        return int((await connection.execute(select(table.c.sequence).where(table.c.id == catchup_id))).scalar_one())


async def account_link(
    database: Database, now: datetime = NOW, role: Role = Role.ADMIN, email: str = "ada@example.org"
) -> str:
    """The secret of a link that signs in once, of Ada or another who has an account in this role."""
    async with database.writing() as connection:
        account = await make_account(connection, NewAccount(email, role, "UTC", "en"), COMMAND_LINE, now)
        return await make_account_link(connection, account, now)


async def visitor_with_account(
    database: Database, now: datetime = NOW, role: Role = Role.ADMIN, email: str = "ada@example.org"
) -> Visitor:
    opened = await use_one_time_link(database, await account_link(database, now, role, email), None, now)
    visitor = await find_visitor(database, opened.token, now)
    assert visitor is not None
    return visitor


async def visitor_by(database: Database, secret: str, now: datetime = NOW) -> Visitor:
    """The visitor who opened the link with this secret."""
    opened = await open_link(database, secret, None, now)
    assert isinstance(opened, VisitStart)
    visitor = await find_visitor(database, opened.token, now)
    assert visitor is not None
    return visitor


@pytest.fixture
def by_link(database: Database) -> Callable[[Person, int], Awaitable[Visitor]]:
    """A person who opened a link to one catch-up only."""

    async def visit(person: Person, catchup_id: int) -> Visitor:
        async with database.writing() as connection:
            secret = await make_link(
                connection, NOW, person_id=person.id, purpose=Purpose.CATCHUP, path="/", catchup_id=catchup_id
            )
        return await visitor_by(database, secret)

    return visit


@pytest.fixture
def contents(database: Database) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Every row of every table, as the driver gives it, to see that a refusal changed nothing."""

    async def read() -> dict[str, Any]:
        async with database.reading() as connection:
            return {
                table.name: sorted(map(repr, await connection.execute(select(literal_column("*")).select_from(table))))
                for table in metadata.sorted_tables
            }

    return read


@pytest.fixture
def contents_but_rate_limits(
    contents: Callable[[], Awaitable[dict[str, Any]]],
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """The contents without the counts of rate limits."""

    async def read() -> dict[str, Any]:
        found = await contents()
        del found["rate_limits"]
        return found

    return read


@pytest.fixture
def count(database: Database) -> Callable[[str], Awaitable[int]]:
    """How many rows a table has."""

    async def read(table: str) -> int:
        async with database.reading() as connection:
            return int(
                (await connection.execute(select(func.count()).select_from(metadata.tables[table]))).scalar_one()
            )

    return read


@pytest.fixture
def queries() -> Callable[[AsyncConnection], AbstractContextManager[list[str]]]:
    """Collects the statements that a connection has run, each once: a slow one starts again in a thread."""

    @contextmanager
    def collect(connection: AsyncConnection) -> Iterator[list[str]]:
        made: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            made.append(statement)

        event.listen(connection.sync_connection, "after_cursor_execute", note)
        yield made
        event.remove(connection.sync_connection, "after_cursor_execute", note)

    return collect


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Those that have run on this database, each once: a slow one starts again in a thread. Other sites of the suite
    have jobs of their own."""
    made: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        made.append(statement)

    for engine in database.engines:
        event.listen(engine, "after_cursor_execute", note)
    yield made
    for engine in database.engines:
        event.remove(engine, "after_cursor_execute", note)
