"""D7: a copy of the database file taken under load, with SQLite's own backup, stands at one moment and lacks nothing.

FIRESIDE_FAULTS=long (`make faults`) takes 100 copies, else 10.
"""

import asyncio
import os
import sqlite3
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from server.catchups.queries.ledger import verify
from server.db.database import Database
from server.db.schema import migrate
from tests.cast import Fireside
from tests.crowd import Crowd
from tests.faults.test_kill_server import EFFECTS, Deciders, Preparation, contents, judge

COPIES = 100 if os.environ.get("FIRESIDE_FAULTS") == "long" else 10
CASES = 12 * COPIES
WORKERS = 4


def copy(file: Path, to: Path) -> None:
    """A few pages at a time, so that writes come between."""
    with sqlite3.connect(file) as source, sqlite3.connect(to) as target:
        source.backup(target, pages=8, sleep=0.001)


@pytest.mark.timeout(60 + 10 * COPIES)
async def test_every_copy_is_whole_and_has_what_was_acknowledged_before(tmp_path: Path) -> None:
    file = tmp_path / "fireside.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    database = Database(url)
    await migrate(database)
    makers = Preparation(await Crowd.gather(database, 1)).makers()
    cases = [await makers[what](what) for what in list(EFFECTS) * (CASES // len(EFFECTS))]
    await database.close()
    before, found = contents(file), Counter[int]()
    house = await Fireside.serve(tmp_path / "data", url)
    try:
        async with aiohttp.ClientSession() as session:
            deciders = Deciders(session, list(cases))
            workers = [asyncio.create_task(deciders.decide(house.base_url)) for _ in range(WORKERS)]
            for number in range(COPIES):
                acknowledged = set(deciders.acknowledged)
                taken = tmp_path / f"copy-{number}.sqlite3"
                await asyncio.to_thread(copy, file, taken)
                decided = judge(taken, cases, before, acknowledged).total()
                restored = Database(f"sqlite+aiosqlite:///{taken}")
                assert (await verify(restored)).holds
                await restored.close()
                found[decided] += 1
            left = len(deciders.cases)
            deciders.cases.clear()
            await asyncio.gather(*workers)
    finally:
        await house.stop()
    print(
        f"{COPIES} copies at {len(found)} moments, of {min(found)} to {max(found)} decisions; {left} were left to make"
    )
    assert len(found) > 1, "no write ever came between"
