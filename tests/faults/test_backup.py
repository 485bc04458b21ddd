"""D7: a backup that is taken under load stands at one moment and lacks nothing, and restores elsewhere.

FIRESIDE_FAULTS=long (`make faults`) takes 100 copies and 100 backups of each database, else 10 and 2.
"""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from server.backup.archive import read_archive
from server.backup.sqlite_copy import copy_sqlite
from server.catchups.queries.ledger import verify
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import choices, offers
from tests.cast import IN_THE_CHECKOUT, SURROUNDINGS, Fireside, until
from tests.conftest import new_postgresql_database
from tests.crowd import Crowd, whole_hour_in
from tests.faults.test_kill_server import Deciders, contents, judge, prepare

COPIES = 100 if os.environ.get("FIRESIDE_FAULTS") == "long" else 10
ROUNDS = 2 * COPIES
WORKERS = 4
BACKUPS = 100 if os.environ.get("FIRESIDE_FAULTS") == "long" else 2
KILLED = 6
WRITERS, WRITES_A_SECOND = 5, 50
PASSPHRASE = "correct horse battery"  # noqa: S105 it is the test's own


@pytest.mark.timeout(60 + 10 * COPIES)
async def test_every_copy_is_whole_and_has_what_was_acknowledged_before(tmp_path: Path) -> None:
    file = tmp_path / "fireside.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    database = Database(url)
    await migrate(database)
    cases = await prepare(database, ROUNDS)
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
                await asyncio.to_thread(copy_sqlite, file, taken)
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


@dataclass
class Writers:
    """A mentor's offers, 50 a second: each is a transaction with a row, an entry of the ledger and an email."""

    crowd: Crowd
    committed: set[int] = field(default_factory=set)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._write(number)) for number in range(WRITERS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _write(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            start = whole_hour_in(10) + timedelta(hours=len(self.committed) % 1000)
            self.committed.add((await self.crowd.offer(number, start)).id)
            due += WRITERS / WRITES_A_SECOND
            await asyncio.sleep(due - loop.time())


async def run(data: Path, url: str, *arguments: str) -> asyncio.subprocess.Process:
    """Starts a command with the settings of a host."""
    own = {"FIRESIDE_DATA": str(data), "FIRESIDE_DATABASE_URL": url, "FIRESIDE_BACKUP_PASSPHRASE": PASSPHRASE}
    return await asyncio.create_subprocess_exec(
        *IN_THE_CHECKOUT,
        *arguments,
        env=SURROUNDINGS | own,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> str:
    said, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return said.decode()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


async def new_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    """The URL of a database in a new data folder, or in the cluster."""
    os.mkdir(folder, 0o700)
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'fireside.sqlite3'}"
    return await new_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.mark.timeout(180 + 60 * BACKUPS)
async def test_a_restored_backup_has_all_that_was_committed_before_it_began(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    """At 50 writes a second, with the server running."""
    url = await new_database(request, kind, tmp_path / "data")
    database = Database(url)
    await migrate(database)
    writers = Writers(await Crowd.gather(database, WRITERS))
    house = await Fireside.serve(tmp_path / "data", url)
    loop = asyncio.get_running_loop()
    began, between = loop.time(), 0
    try:
        async with writers.writing():
            for number in range(BACKUPS):
                before, file = set(writers.committed), tmp_path / f"backup-{number}"
                await ended(await run(tmp_path / "data", url, "backup", str(file)))
                between += len(writers.committed) - len(before)
                restored_url = await new_database(request, kind, tmp_path / f"restored-{number}")
                said = await ended(await run(tmp_path / f"restored-{number}", restored_url, "restore", str(file)))
                assert "The ledger is intact" in said
                restored = Database(restored_url)
                async with restored.reading() as connection:
                    found = set((await connection.execute(select(offers.c.id))).scalars())
                    chosen = set((await connection.execute(select(choices.c.subject_id))).scalars())
                await restored.close()
                assert before - found == set(), "what was committed before is missing"
                assert found == chosen, "an offer came without its entry in the ledger"
        seconds = loop.time() - began
    finally:
        await house.stop()
        await database.close()
    print(
        f"{kind}: {BACKUPS} of {BACKUPS} backups complete; {len(writers.committed)} writes in {seconds:.0f} s "
        f"({len(writers.committed) / seconds:.0f} a second), {between} of them while a backup was made"
    )
    assert between, "no write came while a backup was made"


def begun(data: Path, process: "asyncio.Task[int]") -> bool:
    return process.done() or any(data.glob("scratch-*"))


async def test_a_backup_that_is_killed_leaves_a_whole_file_or_none_and_the_next_one_cleans_up(
    tmp_path: Path, migrated: Path
) -> None:
    data, folder = tmp_path / "data", tmp_path / "backups"
    os.mkdir(data)
    os.mkdir(folder)
    shutil.copy(migrated, data)
    url = f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}"
    for number in range(KILLED):
        process = await run(data, url, "backup", str(folder))
        ended_by_itself = asyncio.create_task(process.wait())
        await until(partial(begun, data, ended_by_itself), what="the scratch folder")
        await asyncio.sleep(0.02 * number)
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
    assert "It was read back" in await ended(await run(data, url, "backup", str(folder / "last")))
    assert list(data.glob("scratch-*")) == []
    made = [folder / name for name in os.listdir(folder)]
    assert [each.name for each in made if each.suffix != ".backup"] == ["last"], "a part of one was left"
    for each in made:
        read_archive(each, PASSPHRASE)
