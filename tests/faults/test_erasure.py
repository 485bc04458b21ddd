"""W8: after a person is erased beside a running server, neither the data folder nor the log names them."""

import asyncio
import sys

from sqlalchemy import insert, update

from server.db.database import Database
from server.db.tables import busy_feeds, people
from server.people.rules.people import email_key
from tests.cast import Fireside, until
from tests.server.actors import NOW

EMAIL, NAME, CALLED = "quint.okafor@marked.invalid", "Quintus Okafor", "Quinnie"
MARKS = (EMAIL, NAME, CALLED, "7946 0958", "captions for Q", "marked-calendar")


async def run(fireside: Fireside, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", *arguments, "--data", str(fireside.data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


def found(fireside: Fireside) -> dict[str, set[str]]:
    """Which marks stand in which file, in any letters; in emails also where they are encoded."""
    files = [path for path in [*fireside.data.rglob("*"), fireside.log] if path.is_file()]
    texts = {path.name: path.read_bytes().lower() for path in files}
    return {name: hits for name, text in texts.items() if (hits := {m for m in MARKS if m.lower().encode() in text})}


async def mark(database: Database) -> None:
    words = {"name": NAME, "preferred_name": CALLED, "email": EMAIL, "email_key": email_key(EMAIL)}
    words |= {"phone": "+44 20 7946 0958", "needs": "captions for Q"}
    async with database.writing() as connection:
        changed = update(people).where(people.c.email == "sam@demo.invalid").values(words).returning(people.c.id)
        sam = (await connection.execute(changed)).scalar_one()
        feed = {"url": "https://localhost/marked-calendar.ics", "etag": "", "failures": 0, "skipped": 0}
        await connection.execute(insert(busy_feeds).values(person_id=sam, due_at=NOW.replace(year=2100), **feed))


async def test_nothing_is_left_of_who_was_erased(fireside: Fireside) -> None:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    await mark(database)
    await database.close()
    old = fireside.data / "mail" / "old.eml"
    old.parent.mkdir(exist_ok=True)
    old.write_bytes(f"To: {NAME} <{EMAIL}>\r\nSubject: Hello\r\n\r\nHello, {CALLED}\r\n".encode())
    assert {"old.eml"} < set(found(fireside)), "without erasing, they are found"
    said = await run(fireside, "admin", "erase", EMAIL, "--yes")
    print(said)
    await until(fireside.healthy, what="a healthy server")
    left = found(fireside)
    print(f"files looked at: {len([p for p in fireside.data.rglob('*') if p.is_file()])}, found: {left}")
    assert left == {}
    assert "The ledger is intact" in await run(fireside, "ledger", "verify")
