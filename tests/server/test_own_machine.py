"""Two machines that serve pages and two that relay, on one PostgreSQL: those of a call meet wherever they come in."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import attendances, call_placements, machines, relay_processes
from server.doctor.findings import Verdict
from server.doctor.machines import look_at_machines
from server.own_machine import IDENTITY
from signaling.hub.certificates import MachineIdentity
from signaling.hub.reporting import PRESENT_EVERY
from tests.cast import SURROUNDINGS, until
from tests.conftest import new_postgresql_database
from tests.crowd import Crowd
from tests.machines import TestMachine
from tests.staying import Staying
from tests.talkers import Talker
from tests.voices import Voice, VoicedPeer


@pytest.fixture(scope="module")
async def url(postgresql: str) -> str:
    return await new_postgresql_database(postgresql)


@pytest.fixture(scope="module")
async def crowds(url: str) -> AsyncIterator[list[Crowd]]:
    """Six pairs, each for one call."""
    database = Database(url)
    await migrate(database)
    yield [await Crowd.gather(database, 1, f"maya{number}") for number in range(6)]
    await database.close()


@pytest.fixture
def crowd(crowds: list[Crowd]) -> Crowd:
    return crowds[4]


@pytest.fixture(scope="module")
async def running(
    url: str, crowds: list[Crowd], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[TestMachine]]:
    """Two that relay, then two that serve pages."""
    folder = tmp_path_factory.mktemp("machines")
    made = [TestMachine.make(name, folder, url, "relay") for name in ("north", "south")]
    made += [TestMachine.make(name, folder, url, "serve", "--no-relays") for name in ("east", "west")]
    await asyncio.gather(*(each.start() for each in made))
    yield made
    for each in made:
        await each.stop()


async def rows(crowd: Crowd, table: type) -> list:
    async with crowd.database.reading() as connection:
        return list(await connection.execute(select(table)))


async def test_the_two_of_a_call_meet_whichever_machine_serves_their_pages(
    running: list[TestMachine], crowds: list[Crowd]
) -> None:
    _, _, east, west = running
    talkers, calls = [], []
    for each in crowds[:4]:
        booking = await each.call(0)
        calls.append(str(booking.id))
        talkers.append(Staying([east.base_url], booking.id, each.mentor.token))
        talkers.append(Staying([west.base_url], booking.id, each.mentees[0].token))
    crowd = crowds[0]
    await until(lambda: all(talker.heard for talker in talkers), what="sound of each other")
    placed = {row.call: row.relay for row in await rows(crowd, call_placements)}
    assert set(placed) == set(calls)
    assert sorted(list(placed.values()).count(relay) for relay in set(placed.values())) == [2, 2]
    # Signed out on one machine, the visit's call ends on the other at once: sooner than each looks by itself.
    async with aiohttp.ClientSession() as session:
        await crowds[0].mentor.post(session, f"{west.base_url}/signout")
        await until(lambda: talkers[0].ended == "left", within=PRESENT_EVERY / 2, what="the end of the call")
    for talker in talkers:
        await talker.leave()

    async def left() -> bool:
        found = await rows(crowd, attendances)
        return len(found) == 8 and all(row.left_at is not None for row in found)

    await until(left, what="eight attendances that have ended")
    kept = await rows(crowd, attendances)
    assert {row.why for row in kept} == {"left"}
    assert len({row.machine for row in kept}) == 2


@pytest.mark.parametrize(
    ("command", "environment", "said"),
    [
        (
            ("serve", "--no-relays"),
            {"FIRESIDE_SECRET": 40 * "x"},
            "FIRESIDE_SECRET to the same",
        ),
        (("relay",), {}, "FIRESIDE_RELAY_LISTEN is missing"),
    ],
)
async def test_one_that_does_not_fit_is_refused_with_what_to_do(
    running: list[TestMachine],
    url: str,
    tmp_path: Path,
    command: tuple[str, ...],
    environment: dict[str, str],
    said: str,
) -> None:
    own = {"FIRESIDE_DATA": str(tmp_path / "odd"), "FIRESIDE_DATABASE_URL": url, "FIRESIDE_PORT": "0"}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "server", *command],
        env=SURROUNDINGS | own | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr


def test_with_sqlite_there_is_one_machine(tmp_path: Path, migrated: Path) -> None:
    shutil.copy(migrated, tmp_path)
    for command, setting in (
        (("serve", "--no-relays"), {}),
        (("relay",), {"FIRESIDE_RELAY_LISTEN": "127.0.0.1:8440"}),
        (("serve",), {"FIRESIDE_RELAY_LISTEN": "127.0.0.1:8440"}),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "server", *command],
            env=SURROUNDINGS | {"FIRESIDE_DATA": str(tmp_path)} | setting,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "PostgreSQL" in done.stderr.splitlines()[-1]


async def test_the_doctor_of_each_machine_reaches_the_others(running: list[TestMachine], crowd: Crowd) -> None:
    north, _, east, _ = running
    await until(lambda: _living(crowd, 2))
    for machine, others in ((north, 1), (east, 2)):
        settings = read_settings(machine.environment)
        found = [each async for each in look_at_machines(settings, crowd.database)]
        assert [each.lines for each in found if each.verdict is not Verdict.GOOD] == []
        assert [each.part for each in found] == ["Machine"] * 4 + ["Clocks"]
        assert sum("relay process" in each.said and "the one here" not in each.said for each in found) == others


async def test_a_call_of_one_that_drains_moves_when_nobody_speaks(
    running: list[TestMachine], crowds: list[Crowd]
) -> None:
    north, south, east, west = running
    crowd = crowds[5]
    voices = [Voice(speaks=True), Voice()]
    booking = await crowd.call(0)
    talkers = [
        Staying([machine.base_url], booking.id, person.token, partial(VoicedPeer, voice))
        for machine, person, voice in zip((east, west), (crowd.mentor, crowd.mentees[0]), voices, strict=True)
    ]
    await until(lambda: all(len(talker.heard) > 100 for talker in talkers), what="sound of each other")
    port = talkers[0].port
    [relay] = [row for row in await rows(crowd, relay_processes) if row.name == await _place_of(crowd, booking.id)]
    owner = next(each for each in (north, south) if MachineIdentity(each.data / IDENTITY).name == relay.machine)
    [pid] = owner.relay_pids()
    os.kill(pid, signal.SIGTERM)

    async def drains() -> bool:
        return any(row.name == relay.name and row.draining for row in await rows(crowd, relay_processes))

    await until(drains, what="a relay process that says that it drains")
    spoken = len(talkers[1].heard)
    # Two seconds and more, in packets of 20 ms.
    await until(lambda: len(talkers[1].heard) > spoken + 120, what="more sound")
    assert await _place_of(crowd, booking.id) == relay.name
    voices[0].speaks = False
    await until(lambda: all(talker.port not in (None, port) for talker in talkers), what="the call elsewhere")
    assert await _place_of(crowd, booking.id) != relay.name
    for talker in talkers:
        await talker.leave()

    async def replaced() -> bool:
        return [row.draining for row in await rows(crowd, relay_processes) if row.name != relay.name] == [False, False]

    await until(replaced, what="the next relay process")


async def _place_of(crowd: Crowd, booking_id: int) -> str:
    return next(row.relay for row in await rows(crowd, call_placements) if row.call == str(booking_id))


async def test_a_machine_that_ends_is_known_to_be_gone_and_its_calls_are_elsewhere(
    running: list[TestMachine], crowd: Crowd
) -> None:
    north, south, east, _ = running
    await until(lambda: _living(crowd, 2))
    await north.stop()
    [left] = await rows(crowd, relay_processes)
    assert len(await rows(crowd, machines)) == 3
    booking = await crowd.call(0)
    talker = await Talker.enter(east.base_url, booking.id, crowd.mentor.token)
    placed = {row.call: row.relay for row in await rows(crowd, call_placements)}
    assert placed[str(booking.id)] == left.name
    await talker.leave()
    assert await east.healthy()
    await south.stop()

    async def unhealthy() -> bool:
        return not await east.healthy()

    await until(unhealthy, what="a machine for pages that says that there is no relay process")


async def _living(crowd: Crowd, count: int) -> bool:
    return [row.draining for row in await rows(crowd, relay_processes)] == [False] * count
