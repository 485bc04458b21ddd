"""An import that is interrupted by `kill -9` at any moment has added everybody, or nobody."""

import asyncio
import shutil
import sqlite3
import sys
from datetime import UTC, datetime

import pytest

from server.admin.rules.importing import ImportedPerson, ImportRow, as_text
from server.db.database import Database
from server.people.actions.sign_in import use_one_time_link
from tests.server.actors import account_link

PAIRS = 1000
COUNTS = (
    "SELECT count(*) FROM people",
    "SELECT count(*) FROM mentorships",
    "SELECT count(*) FROM imports",
    "SELECT count(*) FROM outbox",
)
# Adds the people in a process of its own, and says when it begins.
IMPORT = """
import asyncio, sys
from datetime import UTC, datetime
from server.admin.actions.importing import Defaults, bring_in
from server.admin.rules.importing import from_text
from server.db.database import Database
from server.people.actions.links import find_visitor

async def main(url, token, table):
    database, now = Database(url), datetime.now(UTC)
    visitor = await find_visitor(database, token, now)
    rows = from_text(open(table).read())
    print("begins", flush=True)
    await bring_in(database, visitor, rows, Defaults("UTC", "en"), now)
    print("ended", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("after", [0.0, 0.05, 0.15, 0.3, 0.6])
async def test_all_or_nobody(tmp_path, migrated, after) -> None:
    file = shutil.copy(migrated, tmp_path / "fireside.sqlite3")
    url, now = f"sqlite+aiosqlite:///{file}", datetime.now(UTC)
    database = Database(url)
    token = (await use_one_time_link(database, await account_link(database, now), None, now)).token
    await database.close()
    rows = [
        ImportRow(
            number,
            ImportedPerson(f"Mentor {number}", f"mentor{number}@example.org"),
            ImportedPerson(f"Mentee {number}", f"mentee{number}@example.org"),
        )
        for number in range(PAIRS)
    ]
    table = tmp_path / "table.json"
    table.write_text(as_text(rows))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT, url, token, str(table), stdout=asyncio.subprocess.PIPE
    )
    assert await process.stdout.readline() == b"begins\n"
    try:
        await asyncio.wait_for(process.wait(), after)
    except TimeoutError:
        process.kill()
    await process.wait()
    with sqlite3.connect(file) as connection:
        found = [connection.execute(statement).fetchone()[0] for statement in COUNTS]
    assert found in ([1, 0, 0, 0], [2 * PAIRS + 1, PAIRS, 1, 2 * PAIRS])
