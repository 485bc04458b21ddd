"""All that a database held before revision 0004 is there afterwards, and goes on."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.queries.ledger import verify
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import GENESIS, wording_hash
from server.catchups.rules.offers import OfferState
from server.catchups.store import bookings, offers
from server.catchups.store import ledger as choices
from server.db import tables
from server.db.database import Database, ForeignKeyViolations
from server.db.schema import SchemaOutdated, check, migrate
from server.people.rules.visitors import Visitor
from server.people.store import people
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, WITHDREW, accepting, emails_in, sequence_of

MAYA, SAM = 1, 2
WORDS = "By accepting you agree to meet at the time and in the way you chose."
BEFORE = "0003"


@dataclass
class Then:
    """Writes rows into the tables as they were, found in the database itself."""

    connection: AsyncConnection
    tables: MetaData
    chain: str = GENESIS
    entries: int = 0

    async def add(self, table: str, **values: Any) -> int:
        statement = insert(self.tables.tables[table]).values(values)
        if "id" not in self.tables.tables[table].c:
            await self.connection.execute(statement)
            return 0
        return int((await self.connection.execute(statement.returning(self.tables.tables[table].c.id))).scalar_one())

    async def offer(self, catchup: int, state: str, author: int = MAYA, supersedes: int | None = None) -> int:
        offer = await self.add(
            "offers",
            catchup_id=catchup,
            author_id=author,
            recipient_id=SAM if author == MAYA else MAYA,
            supersedes_id=supersedes,
            note="How things are.",
            by_video=True,
            by_phone=False,
            minutes=30,
            state=state,
            made_at=NOW,
            expires_at=SECOND,
            decided_at=None if state == "open" else NOW,
        )
        for start in (FIRST, SECOND):
            await self.add("offer_times", offer_id=offer, start=start)
        return offer

    async def choice(self, offer: int, kind: str, person: int = SAM, start: datetime | None = None) -> None:
        """An entry with the hash that it was given then: over ten fields, without a channel."""
        medium = "video" if start else None
        stamps = [time and time.astimezone(UTC).isoformat(timespec="microseconds") for time in (start, NOW)]
        content = [self.chain, offer, person, kind, stamps[0], medium, wording_hash(WORDS), "en", person, stamps[1]]
        digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
        await self.add(
            "choices",
            offer_id=offer,
            person_id=person,
            kind=kind,
            start=start,
            medium=medium,
            wording_hash=wording_hash(WORDS),
            language="en",
            link_id=person,
            at=NOW,
            previous_hash=self.chain,
            hash=digest,
        )
        self.chain, self.entries = digest, self.entries + 1
        head = self.tables.tables["ledger_head"]
        await self.connection.execute(head.update().values(entries=self.entries, hash=digest))

    async def booking(self, catchup: int, offer: int, start: datetime, state: str, uid: str, sequence: int) -> int:
        return await self.add(
            "bookings",
            catchup_id=catchup,
            offer_id=offer,
            start=start,
            minutes=30,
            medium="video",
            state=state,
            uid=uid,
            sequence=sequence,
            made_at=NOW,
        )


@dataclass(frozen=True)
class Life:
    """The ids of what was there: a booked catch-up, one that was called off, one that waits."""

    booked: int
    called_off: int
    waiting: int
    superseded: int
    open: int
    booking: int


async def lived_in(database: Database) -> Life:
    """Maya and Sam, as revision 0003 kept them."""
    async with database.writing() as connection:
        found = MetaData()
        await connection.run_sync(found.reflect)
        then = Then(connection, found)
        for name, email in (("Maya", "maya@example.org"), ("Sam", "sam@example.org")):
            blank = {"phone": "", "zone": "UTC", "language": "en", "needs": ""}
            person = await then.add("people", name=name, email=email, added_at=NOW, **blank)
            await then.add(
                "links",
                person_id=person,
                purpose="home",
                path="/home",
                secret_hash=name,
                made_at=NOW,
                expires_at=NOW + timedelta(days=90),
            )
        mentorship = await then.add("mentorships", mentor_id=MAYA, mentee_id=SAM, began_at=NOW)
        booked, called_off, waiting = [
            await then.add("catchups", mentorship_id=mentorship, began_at=NOW) for _ in range(3)
        ]
        await then.add("wordings", hash=wording_hash(WORDS), language="en", text=WORDS)
        accepted = await then.offer(booked, "accepted")
        await then.choice(accepted, "accepted", start=FIRST)
        booking = await then.booking(booked, accepted, FIRST, "confirmed", "booked@fireside", 0)
        off = await then.offer(called_off, "accepted")
        await then.choice(off, "accepted", start=SECOND)
        await then.booking(called_off, off, SECOND, "cancelled", "off@fireside", 1)
        await then.choice(off, "withdrew")
        superseded = await then.offer(waiting, "superseded")
        await then.choice(superseded, "suggested")
        counter = await then.offer(waiting, "open", author=SAM, supersedes=superseded)
        session = await then.add("sessions", booking_id=booking, opened_at=FIRST)
        stay = {"stay": "s", "joined_at": FIRST, "seen_at": FIRST, "loss": 0.5}
        await then.add("attendances", session_id=session, person_id=SAM, **stay)
        letter = {"event": "offer:1:offer_made", "letter": "offer_made", "path": "/offers/1", "attempts": 0}
        await then.add("outbox", recipient_id=SAM, catchup_id=booked, made_at=NOW, due_at=NOW, **letter)
    return Life(booked, called_off, waiting, superseded, counter, booking)


def at_home(person: Any) -> Visitor:
    return Visitor(0, person, link_id=person.id, home=True, account=None, catchups=frozenset(), csrf="", seen_at=NOW)


async def contents(database: Database, names: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Every row of every table, by the columns named; times as they are in UTC."""
    found = {}
    async with database.reading() as connection:
        for table, columns in names.items():
            kept = tables.metadata.tables[table]
            rows = await connection.execute(select(*(kept.c[name] for name in columns)))
            found[table] = sorted(map(repr, rows))
    return found


async def columns_of(database: Database) -> dict[str, list[str]]:
    async with database.reading() as connection:
        reflected = MetaData()
        await connection.run_sync(reflected.reflect)
    return {
        name: [column.name for column in table.c if column.name in tables.metadata.tables[name].c]
        for name, table in reflected.tables.items()
        if name in tables.metadata.tables
    }


async def test_every_row_is_kept(before):
    await lived_in(before)
    columns = await columns_of(before)
    kept = await contents(before, columns)
    await migrate(before)
    await check(before)
    assert await contents(before, columns) == kept
    assert all(kept[name] for name in ("people", "offers", "offer_times", "choices", "bookings", "attendances"))


async def test_the_ledger_holds_with_the_hashes_that_it_had(before):
    await lived_in(before)
    async with before.reading() as connection:
        hashes = (await connection.execute(text("SELECT hash FROM choices ORDER BY id"))).scalars().all()
    await migrate(before)
    verdict = await verify(before)
    assert (verdict.holds, verdict.entries) == (True, 4)
    async with before.reading() as connection:
        chain = [entry for _, entry in await choices.read_entries(connection, 0, 1000)]
    assert [entry.hash for entry in chain] == hashes
    assert {entry.channel for entry in chain} == {None}


async def test_the_catch_up_takes_over_its_booking_s_event(before):
    life = await lived_in(before)
    await migrate(before)
    async with before.reading() as connection:
        rows = await connection.execute(select(tables.catchups).order_by(tables.catchups.c.id))
        events = {row.id: (row.uid, row.sequence) for row in rows}
    assert events == {
        life.booked: ("booked@fireside", 0),
        life.called_off: ("off@fireside", 1),
        life.waiting: (f"catchup-{life.waiting}@fireside", 0),
    }


async def test_nothing_points_at_nothing(before):
    await lived_in(before)
    await migrate(before)
    if before.is_sqlite:
        async with before.reading() as connection:
            assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
            assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar_one() == "ok"
            assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1


async def test_a_row_that_points_at_nothing_stops_it_and_nothing_is_changed(tmp_path):
    """PostgreSQL lets no such row be; SQLite does, by a hand that has not switched its keys on."""
    file = tmp_path / "before.sqlite3"
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database, "0003")
    await lived_in(database)
    with closing(sqlite3.connect(file)) as by_hand, by_hand:
        by_hand.execute("UPDATE bookings SET offer_id = 99 WHERE id = 1")
    kept = await contents(database, await columns_of(database))
    with pytest.raises(ForeignKeyViolations):
        await migrate(database)
    with pytest.raises(SchemaOutdated, match="is 0003"):
        await check(database)
    assert await contents(database, await columns_of(database)) == kept
    await database.close()


async def test_what_was_booked_and_what_waited_goes_on(before):
    """With the same event: one is moved and called off, the other accepted."""
    life = await lived_in(before)
    await migrate(before)
    async with before.reading() as connection:
        maya, sam = [at_home(await people.find_person(connection, person)) for person in (MAYA, SAM)]
    later = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(hours=2),), 30)
    wish = await ask_to_move(before, maya, life.booking, later, OFFERED, NOW)
    moved = await accept_offer(before, sam, wish.id, accepting(later.starts[0]), NOW)
    await withdraw(before, maya, moved.id, "", WITHDREW, NOW)
    assert await sequence_of(before, life.booked) == 3
    await accept_offer(before, maya, life.open, accepting(FIRST), NOW)
    async with before.reading() as connection:
        states = [(await bookings.read_booking(connection, sam, number)).booking.state for number in (1, 2, 3, 4)]
        view = await offers.read_offer(connection, sam, life.superseded)
    assert states == [
        BookingState.RESCHEDULED,
        BookingState.CANCELLED,
        BookingState.CANCELLED,
        BookingState.CONFIRMED,
    ]
    assert (view.offer.state, view.answered_by) == (OfferState.SUPERSEDED, life.open)
    assert [email.kind for email in await emails_in(before, life.waiting)] == ["offer_accepted"] * 2
    verdict = await verify(before)
    assert (verdict.holds, verdict.entries) == (True, 8)
