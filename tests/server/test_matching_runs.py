"""The main process and the process of a run: made, cancelled, killed."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import match_runs
from server.matching.actions.runs import cancel_run, claim_run, start_run
from server.matching_runs import keep_matching, make_run
from tests.cast import until
from tests.server.matching.members import suggested, two_members


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def begun(tmp_path: Path):
    """A run that this process has claimed, the settings, and the members."""
    settings = read_settings({}, given={"data": str(tmp_path)})
    database = Database(settings.database_url)
    await migrate(database)
    members = await two_members(database, now())
    await start_run(database, members.admin, members.scheme_id, 7, lambda below: 0, now())
    run = await claim_run(database, now())
    assert run is not None
    yield settings, database, members, run
    await database.close()


async def state_of(database):
    async with database.reading() as connection:
        return (await connection.execute(select(match_runs.c.state))).scalar_one()


def child() -> int:
    """The id of the process that makes the run; 0 before there is one."""
    for path in Path("/proc/self/task").glob("*/children"):
        for each in path.read_text().split():
            if b"server.matching_process" in Path(f"/proc/{each}/cmdline").read_bytes():
                return int(each)
    return 0


def is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def test_a_process_of_its_own_makes_it(begun):
    settings, database, members, run = begun
    await make_run(settings, database, now, run)
    assert await state_of(database) == "done"
    pair = (members.mentor.membership_id, members.mentee.membership_id)
    assert [each[1:] for each in await suggested(database, run.id)] == [pair]


async def test_its_process_is_ended_when_it_is_cancelled(begun):
    settings, database, members, run = begun
    making = asyncio.create_task(make_run(settings, database, now, run))
    process = await until(child)
    await cancel_run(database, members.admin, run.id, now())
    await making
    assert (is_there(process), await state_of(database)) == (False, "cancelled")


async def test_a_run_whose_process_is_killed_has_failed(begun):
    settings, database, _, run = begun
    making = asyncio.create_task(make_run(settings, database, now, run))
    process = await until(child)
    os.kill(process, signal.SIGKILL)
    await making
    assert (await state_of(database), await suggested(database, run.id)) == ("failed", [])


async def test_an_error_that_nobody_expected_does_not_end_the_looking(begun):
    settings, database, *_ = begun
    looked = []

    def broken() -> datetime:
        looked.append(now())
        raise ValueError

    looking = asyncio.create_task(keep_matching(settings, database, broken))
    await until(lambda: len(looked) > 1)
    looking.cancel()


async def test_its_process_ends_with_the_one_that_looks_after_it(begun):
    settings, database, _, run = begun
    making = asyncio.create_task(make_run(settings, database, now, run))
    process = await until(child)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert not is_there(process)
