"""D4, D5: the disk is full, or its writes fail, while people decide: they are told, and nothing is half-kept.

When there is room again all goes on, without a restart; a call that goes on meanwhile hears nothing of it.

A full disk is a small tmpfs, which only root may mount; that writes fail is a limit set on the running server.
"""

import asyncio
import os
import resource
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from server.catchups.queries.ledger import verify
from server.db.database import Database
from server.db.schema import migrate
from tests.cast import Fireside, until
from tests.crowd import Crowd
from tests.faults.test_kill_server import Case, contents, judge, prepare
from tests.talkers import Talker

pytestmark = pytest.mark.alone

TIMES = 20 if os.environ.get("FIRESIDE_FAULTS") == "long" else 3
DISK_BYTES = 16 << 20
REFUSED_EACH = 40
SILENCE_S = 1.0


@dataclass
class Fault:
    """`begin` makes the server's writes fail, given its pid; `end` lets them succeed again."""

    folder: Path
    begin: Callable[[int], None]
    end: Callable[[int], None]


def small_disk(folder: Path) -> Iterator[Fault]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], check=True)
    ballast = folder / "ballast"

    def fill(pid: int) -> None:
        # Else there is room in the log for writes to come: it is used again from its beginning.
        with sqlite3.connect(folder / "fireside.sqlite3") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass

    yield Fault(folder, fill, lambda pid: ballast.unlink())
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def failing_writes(folder: Path) -> Iterator[Fault]:
    folder.mkdir()
    unlimited = resource.RLIM_INFINITY

    def limit(pid: int, most: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, unlimited))

    yield Fault(folder, lambda pid: limit(pid, 1), lambda pid: limit(pid, unlimited))


FAULTS = [failing_writes, *([small_disk] if os.getuid() == 0 else [])]


@pytest.fixture(params=FAULTS, ids=lambda fault: fault.__name__)
def fault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fault]:
    yield from request.param(tmp_path / "disk")


@pytest.fixture
async def crowd(fault: Fault) -> AsyncIterator[Crowd]:
    database = Database(f"sqlite+aiosqlite:///{fault.folder / 'fireside.sqlite3'}")
    await migrate(database)
    yield await Crowd.gather(database, 1)
    await database.close()


@pytest.fixture
async def house(fault: Fault, crowd: Crowd) -> AsyncIterator[Fireside]:
    house = await Fireside.serve(fault.folder, f"sqlite+aiosqlite:///{fault.folder / 'fireside.sqlite3'}")
    yield house
    await house.stop()


async def decide(session: aiohttp.ClientSession, base_url: str, case: Case) -> int:
    """The status that the server answers with."""
    answer = await case.who.post(session, base_url + case.path, *case.kinds, **case.fields)
    if answer.status == 503:
        assert "our database" in answer.text
    return answer.status


@pytest.mark.timeout(60 + 30 * TIMES)
async def test_people_are_told_and_nothing_is_half_kept(fault: Fault, crowd: Crowd, house: Fireside) -> None:
    cases = await prepare(crowd.database, TIMES)
    booking = await crowd.call(0)
    file = fault.folder / "fireside.sqlite3"
    before = contents(file)
    talkers = [await Talker.enter(house.base_url, booking.id, each.token) for each in (crowd.mentor, crowd.mentees[0])]
    await until(lambda: all(talker.heard for talker in talkers), what="sound")
    said: Counter[int] = Counter()
    kept: set[int] = set()
    back: list[float] = []
    async with aiohttp.ClientSession() as session:
        for number in range(TIMES):
            turn = cases[number::TIMES]
            fault.begin(house.process.pid)
            refused = 0
            while refused < REFUSED_EACH:
                statuses = await asyncio.gather(*(decide(session, house.base_url, case) for case in turn))
                # What little room is left may take a decision or two.
                kept |= {case.catchup for case, status in zip(turn, statuses, strict=True) if status == 303}
                turn = [case for case, status in zip(turn, statuses, strict=True) if status == 503]
                said.update(statuses)
                refused += len(turn)
                assert turn, "everything was kept on a disk that takes nothing"
            page = await crowd.mentor.get(session, f"{house.base_url}/home")
            assert page.status == 200, "reading needs no room"

            async def unready() -> bool:
                return not await house.healthy()

            await until(unready, what="that nothing can be written")
            judge(file, cases, before, kept)
            fault.end(house.process.pid)
            began = time.monotonic()
            for case in turn:

                async def goes_on(case: Case = case) -> bool:
                    return await decide(session, house.base_url, case) == 303

                await until(goes_on, what="a decision that is kept")
                kept.add(case.catchup)
                if case is turn[0]:
                    back.append(time.monotonic() - began)
            assert await house.healthy()
    decided = judge(file, cases, before, kept)
    silence = max(talker.longest_silence for talker in talkers)
    lost = [talkers[not of].peer.sent - len(talker.heard) for of, talker in enumerate(talkers)]
    for talker in talkers:
        await talker.leave()
    verdict = await verify(crowd.database)
    print(
        f"{TIMES} times: {dict(said)}; {decided.total()} of {len(cases)} decisions kept in the end, 0 half-kept, "
        f"the first at most {max(back):.2f} s after there was room; the call: {lost} packets lost, "
        f"longest silence {silence:.2f} s; {verdict.said}"
    )
    assert set(said) <= {303, 503}
    assert decided.total() == len(cases)
    assert verdict.holds
    assert silence < SILENCE_S
