"""A restart under load without a failed request, and calls that lose no packet: R7 for a restart that is wanted.

Once with `fireside serve --replace`, once as systemd does it, which holds the listening socket. FIRESIDE_FAULTS=long
(`make faults`) restarts ten times each way, else once.
"""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy

import aiohttp
import pytest

from server.db.database import Database
from tests.cast import IN_THE_CHECKOUT, SURROUNDINGS, free_port, until
from tests.crowd import Answer, Browser, Crowd
from tests.keepalive_proxy import KeepAliveProxy
from tests.light import Person, beat

pytestmark = pytest.mark.alone

RESTARTS = 10 if os.environ.get("FIRESIDE_FAULTS") == "long" else 1
CLIENTS = 6
ON_THE_WAY_S = 0.3
SEED = 20261128
# Passes the listening socket on as descriptor 3, as systemd does.
ACTIVATE = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3);"
    "os.execvpe(sys.argv[2], sys.argv[2:], os.environ | {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'})"
)


@dataclass
class Server:
    """`fireside serve`, one process after the other. `listening`: the socket that systemd would hold."""

    data: Path
    port: int
    listening: socket.socket | None = None
    web_processes: int = 1
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Starts one and returns when it says that it serves."""
        command = [*IN_THE_CHECKOUT, "serve", *arguments]
        passed: tuple[int, ...] = ()
        if self.listening is not None:
            passed = (self.listening.fileno(),)
            command = [sys.executable, "-c", ACTIVATE, str(passed[0]), *command]
        process = await asyncio.create_subprocess_exec(
            *command,
            pass_fds=passed,
            stdout=asyncio.subprocess.PIPE,
            env=SURROUNDINGS
            | {
                "FIRESIDE_DATA": str(self.data),
                "FIRESIDE_HOST": "127.0.0.1",
                "FIRESIDE_PORT": str(self.port),
                "FIRESIDE_BASE_URL": self.base_url,
                "FIRESIDE_MEDIA_PORT": "0",
                "FIRESIDE_MEDIA_BIND": "127.0.0.1",
                "FIRESIDE_RELAYS": "1",
                "FIRESIDE_WEB_PROCESSES": str(self.web_processes),
            },
        )
        self.processes.append(process)
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line.startswith(b"Fireside is at"), line
        return process

    async def replace(self) -> None:
        """The next one starts first, and takes over."""
        await self.start("--replace")
        assert await asyncio.wait_for(self.processes[-2].wait(), 60) == 0

    async def restart(self) -> None:
        """The next one starts when the one before has ended."""
        self.processes[-1].terminate()
        assert await asyncio.wait_for(self.processes[-1].wait(), 60) == 0
        await self.start()

    async def stop(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                await process.wait()


async def use(who: Browser, url: str, seed: int, answers: list[Answer]) -> None:
    """Somebody who reads and saves, now and then, until cancelled."""
    chance = random.Random(seed)
    async with aiohttp.ClientSession() as session:
        while True:
            if chance.random() < 0.3:
                answer = await who.post(session, f"{url}/zone", zone="Europe/Lisbon", back="/home")
            else:
                answer = await who.get(session, f"{url}/home")
            answers.append(answer)
            # Some connections are idle for as long as a server that ends waits for one more request.
            await asyncio.sleep(chance.choice([0, 0, 0.05, 0.3, 1.5]))


async def lost(people: list[Person]) -> int:
    """How many packets of those that were sent did not come; the people are silent meanwhile."""
    for person in people:
        person.speaks = False
    await asyncio.sleep(ON_THE_WAY_S)
    missing = sum(person.sent - person.received for person in people)
    for person in people:
        person.speaks = True
    return missing


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("way", "processes"), [("replaced", 1), ("replaced", 3), ("by systemd", 2)])
async def test_no_request_fails_and_no_packet_is_lost(tmp_path: Path, migrated: Path, way: str, processes: int) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    copy(migrated, data)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024) if way == "by systemd" else None
    port = listening.getsockname()[1] if listening is not None else free_port()
    server = Server(data, port, listening, processes)
    database = Database(f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}")
    crowd = await Crowd.gather(database, CLIENTS)
    booking = await crowd.call(0)
    await database.close()
    answers: list[Answer] = []
    await server.start()
    try:
        async with KeepAliveProxy(port) as proxy, aiohttp.ClientSession() as session:
            url = f"{server.base_url}/calls/{booking.id}/socket"
            people = [
                Person(session, url, headers={"Cookie": f"fireside={who.token}", "Origin": server.base_url})
                for who in (crowd.mentor, crowd.mentees[0])
            ]
            for person in people:
                person.come()
            beating = asyncio.create_task(beat(people))
            await until(lambda: all(person.back_at is not None for person in people), what="a call")
            before = await lost(people)
            using = [
                asyncio.create_task(use(who, f"http://127.0.0.1:{proxy.port}", SEED + number, answers))
                for number, who in enumerate(crowd.mentees)
            ]
            await until(lambda: len(answers) > 50, what="load")
            took = []
            for _ in range(RESTARTS):
                sockets = [person.sockets for person in people]
                began = time.monotonic()
                await (server.restart() if listening is not None else server.replace())
                took.append(time.monotonic() - began)
                await came_back(people, sockets)
                served = len(answers)
                await until(lambda served=served: len(answers) > served + 20, what="load after the restart")
            assert await lost(people) == before
            assert [person.entered for person in people] == [1, 1]
            for task in (*using, beating):
                task.cancel()
            await asyncio.gather(*using, beating, return_exceptions=True)
            for person in people:
                await person.leave()
        print(
            f"{way}, {processes} processes: {RESTARTS} restarts of up to {max(took):.1f} s (seed {SEED}): "
            f"{len(answers)} requests on {proxy.opened} connections, {len(proxy.failed)} failed, the slowest took "
            f"{max(answer.seconds for answer in answers):.2f} s; {sum(person.sent for person in people)} packets "
            "sent in a call, none lost"
        )
        assert proxy.failed == []
        assert {answer.status for answer in answers} == {200, 303}
    finally:
        await server.stop()
        if listening is not None:
            listening.close()


async def came_back(people: list[Person], sockets: list[int]) -> None:
    """Each browser has a socket to the new process, and its call goes on over the same connection."""

    def back() -> bool:
        return all(person.sockets > before for person, before in zip(people, sockets, strict=True))

    await until(back, what="the sockets of the call")
