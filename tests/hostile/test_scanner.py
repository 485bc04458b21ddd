"""A mail scanner opens every link of every email twice, and all that they lead to: nothing is decided by that.

FIRESIDE_FAULTS=long lets a second scanner do so from another address, and both open what each link leads to; else what
several lead to is opened once.
"""

import os
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from server.catchups import emails as catchups
from server.catchups.actions.emails import drop_late_emails
from server.db.database import Database
from server.guests.emails import KINDS as GUEST_EMAILS
from server.introductions.emails import KINDS as INTRODUCTION_EMAILS
from server.matching.emails import KINDS as MATCH_EMAILS
from server.mentorships.actions.nudges import nudge_mentors
from server.mentorships.actions.reviews import follow_reviews
from server.mentorships.emails import KINDS as MENTORSHIP_EMAILS
from server.people.actions.emails import TEMPLATES as PEOPLES_EMAILS
from server.people.actions.emails import WITHOUT_LINK
from server.room.emails import KIND as RECORD
from server.schemes.emails import KINDS as MEMBERSHIP_EMAILS
from tests.cast import Fireside, until
from tests.journeys.gallery import Gallery
from tests.smtp_server import SmtpServer, link_in

# What opening links is for, and how far the server's check of the ledger has come.
MOVING = {"visits", "visit_links", "ledger_check"}
WAITING = "sent_at IS NULL AND attempts = 0 AND kind LIKE '%reminder%'"
LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
ADDRESSES = ("127.0.0.1", "127.0.0.2") if LONG else ("127.0.0.1",)
# Who takes back an offer gets an email only where an earlier version had put the offer into their calendar.
OF_PEOPLE = (
    set(PEOPLES_EMAILS) | MENTORSHIP_EMAILS | GUEST_EMAILS | INTRODUCTION_EMAILS | MATCH_EMAILS | MEMBERSHIP_EMAILS
)
KINDS = (catchups.KINDS | OF_PEOPLE | {RECORD}) - {"you_withdrew"} - WITHOUT_LINK
FOUND = re.compile(r'(?:href|action|src)="(/[^"]*)"')


@pytest.fixture
async def links(fireside: Fireside, smtp_server: SmtpServer) -> list[str]:
    """The demo's links, and those of the emails about all that can happen."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    await Gallery.open(database)
    # What begins while the scanner is at work is dropped before it.
    await drop_late_emails(database, datetime.now(UTC) + timedelta(minutes=10))
    await nudge_mentors(database, datetime.now(UTC))
    await follow_reviews(database, datetime.now(UTC))
    await database.close()
    async with aiohttp.ClientSession() as session:
        for email in ("vera@example.org", "ada@example.org"):
            await session.post(f"{fireside.base_url}/lost-link", data={"email": email})
    # No reminder becomes due while the scanner is at work: what changes then is the scanner's doing. One that is being
    # sent has been claimed, and is waited for like all others.
    with sqlite3.connect(fireside.data / "fireside.sqlite3") as connection:
        connection.execute(f"UPDATE outbox SET due_at = datetime(due_at, '+1 day') WHERE {WAITING}")  # noqa: S608 ours
    unmade = "SELECT count(*) FROM agreed_records WHERE made_at IS NULL"
    await until(lambda: rows(fireside.data, unmade) == [(0,)], what="every record")
    unsent = f"SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dropped_at IS NULL AND NOT ({WAITING})"  # noqa: S608
    await until(lambda: rows(fireside.data, unsent) == [(0,)], what="every email")
    in_emails = [link_in(email) for email in smtp_server.emails]
    return [link for name, link in fireside.links.items() if name != "base_url"] + in_emails


def rows(data: Path, query: str) -> list[tuple]:
    with sqlite3.connect(data / "fireside.sqlite3") as connection:
        return connection.execute(query).fetchall()


PERSON = (
    "id, name, email, email_key, phone, zone, language, needs, zone_known, discreet, preferred_name, language_known, "
    "added_at, erased_at, cleared_at"
)


def contents(data: Path) -> dict[str, list]:
    tables = {name for (name,) in rows(data, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = {name: rows(data, f"SELECT * FROM {name}") for name in sorted(tables - MOVING)}  # noqa: S608 the schema's
    # When a link was first opened, and a person opened one, is only shown to them and to those who run the scheme.
    links = rows(data, "SELECT id, person_id, purpose, path, expires_at, revoked_at FROM links")
    people = rows(data, f"SELECT {PERSON} FROM people")  # noqa: S608 ours
    return found | {"links": links, "people": people}


async def test_getting_every_link_twice_changes_nothing(fireside: Fireside, links: list[str]) -> None:
    before = contents(fireside.data)
    kinds = {kind for (kind,) in rows(fireside.data, "SELECT DISTINCT kind FROM outbox")}
    assert kinds == KINDS, "emails that no scanner has seen: let gallery.py have them sent"
    opened, known = 0, set[str]()
    for address in ADDRESSES:
        # Each link is opened as by a machine that knows nothing of the others.
        for link in links:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(local_addr=(address, 0))) as scanner:
                for method in ("HEAD", "GET", "GET"):
                    async with scanner.request(method, link) as answer:
                        assert answer.status == 200
                        page = await answer.text()
                found = set(FOUND.findall(page)) - known
                known |= {path for path in found if not LONG or path.startswith("/static/")}
                for path in found:
                    for method in ("HEAD", "GET"):
                        async with scanner.request(method, fireside.base_url + path) as answer:
                            assert answer.status < 500
                opened += 1
    print(f"{opened} openings of {len(links)} links, from emails of {len(kinds)} kinds: {sorted(kinds)}")
    assert contents(fireside.data) == before
