"""A database that version 0.1 has worked with is migrated: nothing is lost, and everything in it goes on.

written_by_0_1.json holds what the code of 0.1 wrote, with its own hashes, as revision 0004 keeps it: catch-ups that
were held, booked, called off and asked to be moved, offers that wait, emails that were sent, refused, deferred and
queued.
"""

import asyncio
import json
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, DateTime, MetaData, Table, func, select, text

from server.app import make_mailer
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.feed import open_feed
from server.catchups.queries.calendar_files import read_feed
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Status, invitation_from
from server.db import tables
from server.db.database import Database
from server.db.schema import NEWEST, check, migrate
from server.mail import outbox
from server.mail.mailer import send_due_emails
from server.mail.transport import SmtpTransport
from server.people.actions.links import OneTimeLink, find_visitor, forget_tries, open_link
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import Role
from server.people.rules.rate_limits import counted_address
from server.people.rules.visitors import Visitor
from tests.forked import run_fireside
from tests.server.actors import accepting
from tests.server.sending import SEALER
from tests.smtp_server import SmtpServer, link_in

WRITTEN = json.loads((Path(__file__).parent / "written_by_0_1.json").read_text())
ROWS: dict[str, list[dict[str, Any]]] = WRITTEN["tables"]
SECRETS: dict[str, str] = WRITTEN["secrets"]
# When 0.1 stopped.
STOPPED = datetime(2026, 11, 23, 16, 12, tzinfo=UTC)
BASE, SENDER = "https://fireside.example", "Fireside <f@example.org>"
RENAMED_TABLES = {"allowances": "rate_limits"}
RENAMED_COLUMNS = {
    ("allowances", "left"): "tokens",
    ("attendances", "stay"): "uid",
    ("choices", "offer_id"): "subject_id",
    ("media_check_paths", "transport"): "protocol",
    ("media_checks", "place"): "origin",
    ("outbox", "letter"): "kind",
}
# What the columns that came later hold of a row that was there before.
ADDED = {
    "choices": {"format": 1, "subject_kind": "offer"},
    "offers": {"caller": "mentor", "by_routine": False},
    "busy_feeds": {"skipped": 0},
    "people": {"preferred_name": "", "language_known": False, "to_compare": True},
    "visits": {"browser": "", "system": ""},
    "mentorships": {"state": "active"},
    "bookings": {"extra_minutes": 0},
    "sessions": {"poor": False},
}

BEFORE = "0004"


@pytest.fixture
async def old(before: Database) -> Database:
    """The database as 0.1 left it."""
    await fill(before)
    return before


@pytest.fixture
async def migrated(old: Database) -> Database:
    await migrate(old)
    await check(old)
    return old


async def fill(database: Database) -> None:
    found = MetaData()
    async with database.migrating() as connection:
        await connection.run_sync(found.reflect)
        if not database.is_sqlite:
            # As a replica PostgreSQL checks no foreign keys, so the order of the rows does not matter.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(found.tables["ledger_head"].delete())
        for name, rows in ROWS.items():
            table = found.tables[name]
            for row in rows:
                await connection.execute(table.insert().values(typed(table, row)))
            if not database.is_sqlite and "id" in table.c and name != "ledger_head":
                highest = select(func.max(table.c.id)).scalar_subquery()
                await connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), highest)))


def typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The values as the database's driver takes them."""

    def value(name: str, said: Any) -> Any:
        kind = table.c[name].type
        if isinstance(kind, DateTime | tables.UtcTime):
            return datetime.fromisoformat(said).replace(tzinfo=UTC)
        if isinstance(kind, Date):
            return date.fromisoformat(said)
        return bool(said) if isinstance(kind, Boolean) else said

    return {name: value(name, said) for name, said in row.items()}


def first_opened(person: dict[str, Any]) -> dict[str, str]:
    """When the person opened a link first, if ever."""
    theirs = {row["id"] for row in ROWS["links"] if row["person_id"] == person["id"]}
    opened = [row["opened_at"] for row in ROWS["visit_links"] if row["link_id"] in theirs]
    return {"opened_at": min(opened)} if opened else {}


def quiet_since(mentorship: dict[str, Any]) -> str:
    """When the two met last, or when they began."""
    theirs = {row["id"] for row in ROWS["catchups"] if row["mentorship_id"] == mentorship["id"]}
    held = [row["start"] for row in ROWS["bookings"] if row["catchup_id"] in theirs and row["state"] == "held"]
    return str(max(held, default=mentorship["began_at"]))


def left_by_all(session: dict[str, Any]) -> str:
    """When the last one left the call."""
    return str(max(row["left_at"] for row in ROWS["attendances"] if row["session_id"] == session["id"]))


async def visit(database: Database, whose: str) -> Visitor:
    opened = await open_link(database, SECRETS[whose], None, STOPPED)
    if isinstance(opened, OneTimeLink):
        opened = await use_one_time_link(database, SECRETS[whose], None, STOPPED)
    visitor = await find_visitor(database, opened.token, STOPPED)
    assert visitor is not None
    return visitor


async def test_every_row_is_there_under_the_new_names(migrated):
    async with migrated.reading() as connection:
        for name, rows in ROWS.items():
            table = tables.metadata.tables[RENAMED_TABLES.get(name, name)]
            wanted = [{RENAMED_COLUMNS.get((name, key), key): said for key, said in row.items()} for row in rows]
            if name == "people":
                wanted = [row | {"email_key": row["email"]} | first_opened(row) for row in wanted]
            elif name == "visits":
                wanted = [row | {"seen_at": row["began_at"]} for row in wanted]
            elif name == "links":
                opened = {row["link_id"]: {"opened_at": row["opened_at"]} for row in ROWS["visit_links"]}
                wanted = [row | opened.get(row["id"], {}) for row in wanted]
            elif name == "attendances":
                wanted = [{key: said for key, said in row.items() if key != "speaking_seconds"} for row in wanted]
            elif name == "sessions":
                wanted = [row | {"empty_since": left_by_all(row)} for row in wanted]
            elif name == "mentorships":
                wanted = [row | {"quiet_since": quiet_since(row)} for row in wanted]
            blank = dict.fromkeys(table.c.keys()) | ADDED.get(name, {})
            found = [dict(row._mapping) for row in await connection.execute(select(table))]
            assert sorted(map(repr, found)) == sorted(repr(blank | typed(table, row)) for row in wanted), name


async def test_nothing_points_at_nothing(migrated):
    if migrated.is_sqlite:
        async with migrated.reading() as connection:
            assert (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all() == []
            assert (await connection.exec_driver_sql("PRAGMA integrity_check")).scalar_one() == "ok"


async def test_the_commands_migrate_it_and_verify_its_ledger(old, tmp_path):
    url = old._engine.url.render_as_string(hide_password=False)
    await old.close()

    async def fireside(*arguments: str) -> tuple[int | None, str]:
        environment = os.environ | {"FIRESIDE_DATABASE_URL": url}
        data = str(tmp_path / "data")
        done = await asyncio.to_thread(run_fireside, *arguments, "--data", data, environment=environment)
        return done.returncode, done.stderr + done.stdout

    code, said = await fireside("ledger", "verify")
    assert (code, f"this version needs {NEWEST}. Run: fireside migrate" in said) == (1, True)
    code, said = await fireside("migrate")
    assert (code, said.splitlines()[-1]) == (0, "The database's schema is up to date.")
    code, said = await fireside("ledger", "verify")
    assert (code, str(len(ROWS["choices"])) in said) == (0, True)


async def test_the_ledger_holds_with_the_hashes_that_it_had(migrated):
    verdict = await verify(migrated)
    assert (verdict.holds, verdict.entries) == (True, len(ROWS["choices"]))
    async with migrated.reading() as connection:
        hashes = await connection.execute(select(tables.choices.c.hash).order_by(tables.choices.c.id))
        assert hashes.scalars().all() == [row["hash"] for row in ROWS["choices"]]


async def test_its_links_open_what_they_opened(migrated):
    maya, sam, eve, admin = [await visit(migrated, whose) for whose in ("maya", "sam", "eve", "admin")]
    assert [each.person.name for each in (maya, sam, eve)] == ["Maya", "Sam", "Eve"]
    assert [each.home for each in (maya, sam, eve, admin)] == [True, True, True, False]
    assert (admin.account.role, admin.person.name) == (Role.ADMIN, "Admin")
    to_booking = await open_link(migrated, SECRETS["booking"], None, STOPPED)
    assert to_booking.path == "/bookings/2"
    owner = await open_feed(migrated, SECRETS["feed"], STOPPED, counted_address(b"key", "192.0.2.1"))
    feed = await read_feed(migrated, owner, BASE, SENDER, STOPPED)
    assert feed.count(b"BEGIN:VEVENT") > 0


async def test_tries_counted_under_an_addresss_bare_hash_count_no_more_and_are_forgotten(migrated):
    assert await forget_tries(migrated, STOPPED + timedelta(hours=1)) == len(ROWS["allowances"]) > 0


def waiting_at(now: datetime) -> set[int]:
    """The emails that 0.1 would have sent by then: none about a booking that has begun or was called off."""
    off = {row["id"] for row in ROWS["bookings"] if row["state"] != "confirmed"}
    return {
        row["id"]
        for row in ROWS["outbox"]
        if not row.keys() & {"sent_at", "failed_at", "dropped_at"}
        and datetime.fromisoformat(row["due_at"]).replace(tzinfo=UTC) <= now
        and row.get("booking_id") not in off
    }


async def test_what_was_queued_is_sent_and_nothing_else(migrated: Database, smtp_server: SmtpServer) -> None:
    """The one that was deferred, those that were not tried yet, later the reminders; the refused one when asked for."""
    clock = [STOPPED]
    mailer = make_mailer(
        SmtpTransport(smtp_server.url), BASE, SENDER, lambda: clock[0], sealer=SEALER, guest_key=bytes(32)
    )
    await send_due_emails(migrated, mailer)
    numbers = {int(re.search(r"\.(\d+)@", each["Message-ID"])[1]) for each in smtp_server.emails}
    assert numbers == waiting_at(STOPPED) == {7, 33, 34, 35, 36, 37}
    assert {each["Message-ID"] for each in smtp_server.emails} >= {"<20261123.160000.000000.7@fireside.example>"}
    for each in smtp_server.emails:
        assert (await open_link(migrated, link_in(each).rpartition("/")[2], None, STOPPED)).path
    calendars = [
        part for each in smtp_server.emails for part in each.walk() if part.get_content_subtype() == "calendar"
    ]
    # An offer's own event, which 0.1 queued, is not sent any more.
    told = [json.loads(row["invitation"]) for row in ROWS["outbox"] if row["id"] in numbers and "invitation" in row]
    assert len(told) == 4
    assert len(calendars) == sum(each["status"] != "TENTATIVE" for each in told) == 1
    smtp_server.emails.clear()
    clock[0] = STOPPED + timedelta(days=2)
    await send_due_emails(migrated, mailer)
    assert sorted(each["Subject"] for each in smtp_server.emails) == ["Catch-up: a reminder"] * 2
    smtp_server.emails.clear()
    async with migrated.writing() as connection:
        assert await outbox.requeue(connection, 3, clock[0])
    await send_due_emails(migrated, mailer)
    assert [each["Message-ID"] for each in smtp_server.emails] == ["<20261123.120100.000000.3@fireside.example>"]


async def test_what_calendars_were_told_reads_as_before(migrated):
    async with migrated.reading() as connection:
        kept = await connection.execute(select(tables.outbox.c.invitation).order_by(tables.outbox.c.id))
        told = [invitation_from(json.loads(row)) for row in kept.scalars() if row]
    assert len(told) == sum("invitation" in row for row in ROWS["outbox"])
    assert (told[1].status, told[1].sequence, told[1].minutes, told[1].medium) == (
        Status.CONFIRMED,
        2,
        30,
        Medium.VIDEO,
    )
    assert told[1].start == datetime(2026, 11, 23, 14, tzinfo=UTC)


async def test_what_waited_is_decided(migrated):
    """Sam's wish to move the booking, and Maya's offer that she has changed."""
    maya, sam = [await visit(migrated, whose) for whose in ("maya", "sam")]
    moved = await accept_offer(migrated, maya, 3, accepting(datetime(2026, 11, 28, 12, tzinfo=UTC)), STOPPED)
    choice = accepting(datetime(2026, 12, 5, 12, tzinfo=UTC), Medium.PHONE, revision=1)
    booked = await accept_offer(migrated, sam, 7, choice, STOPPED)
    assert (moved.catchup_id, booked.catchup_id) == (2, 5)
    verdict = await verify(migrated)
    assert (verdict.holds, verdict.entries) == (True, len(ROWS["choices"]) + 2)
