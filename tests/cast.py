"""The people of the tests, and the real server that they visit."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import aiohttp

from tests.forked import ForkedProcess, fork_fireside
from tests.logs import note_database, open_log

T = TypeVar("T")
# A name that the server does not know would stop its start: FIRESIDE_FAULTS is for the tests.
SURROUNDINGS = {name: value for name, value in os.environ.items() if name != "FIRESIDE_FAULTS"}
PATIENCE_S = 60.0
FREE_PORTS = range(10_000, 32_000)
IN_THE_CHECKOUT = (sys.executable, "-m", "server")

MENTOR = "Maya Lindqvist"
MENTEE = "Sam Okafor"


def free_port(following: int = 0) -> int:
    """A TCP port that nothing listens at, nor at as many as given that follow it, outside of the range from which the
    system gives ports to whatever connects: one of those may be taken before it is used."""
    while True:
        port = secrets.choice(FREE_PORTS)
        with suppress(OSError), ExitStack() as held:
            for each in range(port, port + following + 1):
                held.enter_context(socket.create_server(("127.0.0.1", each)))
            return port


async def until(
    read: Callable[[], "asyncio.Future[T] | T"], within: float = PATIENCE_S, what: str = "", every: float = 0.05
) -> T:
    """Waits until what `read` returns (or awaits to) is true, and returns it; fails after `within` seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        value = read()
        if asyncio.iscoroutine(value) or asyncio.isfuture(value):
            value = await value
        if value:
            return value
        assert loop.time() < end, f"{what or 'it'} did not come within {within} s; last seen: {value!r}"
        await asyncio.sleep(every)


@dataclass
class Fireside:
    """`fireside demo` as a process of its own, with everything that it starts."""

    data: Path
    process: asyncio.subprocess.Process | ForkedProcess
    links: dict[str, str]
    log: Path

    @classmethod
    async def start(
        cls,
        data: Path,
        program: Sequence[str] | None = None,
        folder: Path | None = None,
        **environment: str,
    ) -> "Fireside":
        """Starts it on a free port and waits until pages, database and relay are up; `folder` is where it runs.

        `program` is another one than that of the checkout.
        """
        arguments = ("demo", "--port", environment.pop("port", "0"), "--data", str(data), "--json")
        surroundings = SURROUNDINGS | {"FIRESIDE_RELAYS": "1"} | environment
        with open_log(data) as log:
            process: asyncio.subprocess.Process | ForkedProcess
            if program is None:
                process = await fork_fireside(arguments, surroundings, log.fileno(), folder)
            else:
                process = await asyncio.create_subprocess_exec(
                    *program, *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=log, env=surroundings
                )
        try:
            line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
        except TimeoutError:
            process.kill()
            raise
        house = cls(data, process, json.loads(line), Path(log.name))
        await until(house.healthy, what="a healthy server")
        return house

    @classmethod
    async def serve(cls, data: Path, database_url: str, **environment: str) -> "Fireside":
        """`fireside serve` on a free port with a relay of its own, where others may serve the same database."""
        port = str(free_port())
        own = {
            "FIRESIDE_DATA": str(data),
            "FIRESIDE_DATABASE_URL": database_url,
            "FIRESIDE_PORT": port,
            "FIRESIDE_BASE_URL": f"http://127.0.0.1:{port}",
            "FIRESIDE_MEDIA_PORT": "0",
            "FIRESIDE_RELAYS": "1",
        }
        with open_log(data) as log:
            process = await fork_fireside(["serve"], SURROUNDINGS | own | environment, log.fileno())
        house = cls(data, process, {"base_url": own["FIRESIDE_BASE_URL"]}, Path(log.name))
        await until(house.healthy, what="a healthy server")
        return house

    @property
    def base_url(self) -> str:
        return self.links["base_url"]

    async def healthy(self) -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.base_url}/healthz", ssl=False) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def relay_pids(self) -> list[int]:
        """The relay processes that serve this data folder."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "signaling.worker.main" in command and any(str(self.data) in part for part in command):
                found.append(int(entry.name))
        return found

    def web_pids(self) -> list[int]:
        """The processes that serve the pages, the main one first."""
        return [self.process.pid, *self.page_pids()]

    def page_pids(self) -> list[int]:
        """The processes that serve pages beside the main one."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        commands = {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in children}
        return [child for child, command in commands.items() if "server.page_process" in command]

    async def kill(self) -> None:
        """`kill -9` of the server; the relay goes on."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ends the server and everything that it started."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self.process.wait(), PATIENCE_S)
            except TimeoutError:
                await self.kill()
        for pid in self.relay_pids():
            os.kill(pid, signal.SIGKILL)
        # Shown when the test has failed.
        print(self.log.read_text(errors="replace"), file=sys.stderr)
        note_database(self.data / "fireside.sqlite3")
