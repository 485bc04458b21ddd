"""W8: after a person is erased, no byte of the data folder or the log names them; on PostgreSQL, of its tables."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import insert, text, update

from server.admin.actions.merging import merge_people
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import busy_feeds, people
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.people import email_key
from server.privacy.actions.erasing import clear_erased, erase_person
from server.privacy.rules.erasure import ErasureReason
from tests.cast import SURROUNDINGS, Fireside, until
from tests.conftest import new_postgresql_database
from tests.forked import run_fireside
from tests.server.actors import NOW, visitor_with_account
from tests.server.sending import SEALER

EMAIL, NAME, CALLED = "quint.okafor@marked.invalid", "Quintus Okafor", "Quinnie"
# The other entry of the same person, before both were merged.
OTHER_EMAIL, OTHER_NAME = "quint.other@marked.invalid", "Quillon Okafor"
MARKS = (EMAIL, NAME, CALLED, "7946 0958", "captions for Q", "marked-calendar", OTHER_EMAIL, OTHER_NAME)


async def run(fireside: Fireside, *arguments: str) -> str:
    done = await asyncio.to_thread(run_fireside, *arguments, "--data", str(fireside.data), environment=SURROUNDINGS)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def found(fireside: Fireside) -> dict[str, set[bytes]]:
    return found_in([*fireside.data.rglob("*"), fireside.log])


def found_in(paths: Iterable[Path]) -> dict[str, set[bytes]]:
    """The marks that stand in these files, in any letters."""
    marks = {mark.lower().encode() for mark in MARKS}
    texts = {path.name: path.read_bytes().lower() for path in paths if path.is_file()}
    return {name: hits for name, text in texts.items() if (hits := {mark for mark in marks if mark in text})}


async def mark(database: Database, before: str = "sam@demo.invalid") -> int:
    words = {"name": NAME, "preferred_name": CALLED, "email": EMAIL, "email_key": email_key(EMAIL)}
    words |= {"phone": "+44 20 7946 0958", "needs": "captions for Q"}
    async with database.writing() as connection:
        changed = update(people).where(people.c.email_key == email_key(before)).values(words).returning(people.c.id)
        sam = (await connection.execute(changed)).scalar_one()
        feed = {"url": "https://localhost/marked-calendar.ics", "etag": "", "failures": 0, "skipped": 0}
        await connection.execute(insert(busy_feeds).values(person_id=sam, due_at=NOW.replace(year=2100), **feed))
    return int(sam)


async def merge_with_another(database: Database, person_id: int) -> None:
    now = datetime.now(UTC)
    async with database.writing() as connection:
        other = await find_or_add_person(connection, NewPerson(OTHER_NAME, OTHER_EMAIL, "UTC"), now)
    admin = await visitor_with_account(database, now)
    await merge_people(database, admin, person_id, other.id, NAME, "Added again", SEALER, now)


async def test_nothing_is_left_of_who_was_erased(fireside: Fireside) -> None:
    """Nor of another entry that was merged into theirs."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    await merge_with_another(database, await mark(database))
    await database.close()
    async with aiohttp.ClientSession() as nobody:
        await nobody.post(f"{fireside.base_url}/lost-link", data={"email": EMAIL})
        await nobody.post(f"{fireside.base_url}/sign-in", data={"email": EMAIL})
    await until(lambda: any(EMAIL.encode() in file.read_bytes() for file in fireside.data.glob("mail/*.eml")))
    old = fireside.data / "mail" / "old.eml"
    old.parent.mkdir(exist_ok=True)
    old.write_bytes(f"To: {NAME} <{EMAIL}>\r\nSubject: Hello\r\n\r\nHello, {CALLED}\r\n".encode())
    before = fireside.data / "mail" / "before.eml"
    before.write_bytes(f"To: {OTHER_NAME} <{OTHER_EMAIL}>\r\nSubject: Hello\r\n\r\nWelcome\r\n".encode())
    assert {"old.eml", "before.eml", "fireside.sqlite3-wal"} < set(found(fireside)), "without erasing, they are found"
    await run(fireside, "admin", "erase", EMAIL, "--yes", "--reason", "left")
    await until(fireside.healthy, what="a healthy server")
    assert found(fireside) == {}
    assert "The ledger is intact" in await run(fireside, "ledger", "verify")


async def test_on_postgresql_its_tables_hold_nothing_and_its_log_is_recycled(postgresql: str) -> None:
    """The write-ahead log is what is left, until PostgreSQL uses its files again."""
    database = Database(await new_postgresql_database(postgresql))
    await migrate(database)
    async with database.writing() as connection:
        folder = Path((await connection.execute(text("SHOW data_directory"))).scalar_one())
        own = text("SELECT oid FROM pg_database WHERE datname = current_database()")
        number = (await connection.execute(own)).scalar_one()
        maya, sam = [
            await find_or_add_person(connection, NewPerson(name, f"{name}@demo.invalid".lower(), "UTC"), NOW)
            for name in ("Maya", "Sam")
        ]
        await find_or_add_mentorship(connection, maya, sam, NOW)
    await mark(database)
    async with database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")
    await run_checkpoint(database)
    files = folder / "base" / str(number)
    assert found_in(files.iterdir()), "without erasing, they are found"
    await erase_person(database, sam.id, EMAIL, ErasureReason.ASKED, COMMAND_LINE, folder / "mail", NOW)
    await clear_erased(database, NOW)
    await run_checkpoint(database)
    assert found_in(files.iterdir()) == {}
    await database.close()


async def run_checkpoint(database: Database) -> None:
    """Has PostgreSQL write what it holds in memory into its files."""
    async with database.migrating() as connection:
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("CHECKPOINT")
