"""Several machines on one PostgreSQL, each a process of its own: those that serve pages, and those that relay."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.cast import IN_THE_CHECKOUT, PATIENCE_S, SURROUNDINGS, free_port, until
from tests.forked import ForkedProcess, fork_fireside
from tests.logs import open_log

SECRET = "the secret that all of these machines have"  # noqa: S105  # of the tests


@dataclass
class TestMachine:
    """`command` is `serve --no-relays`, `relay` or `serve`; `within` is what starts a program in its own network."""

    __test__ = False

    name: str
    data: Path
    command: Sequence[str]
    environment: dict[str, str]
    base_url: str
    host: str
    within: Sequence[str] = ()
    process: asyncio.subprocess.Process | ForkedProcess | None = field(default=None, init=False)
    log: Path | None = field(default=None, init=False)

    @classmethod
    def make(
        cls,
        name: str,
        folder: Path,
        database_url: str,
        *command: str,
        host: str = "127.0.0.1",
        within: Sequence[str] = (),
        **more: str,
    ) -> "TestMachine":
        """One that is reached at this address; it is not started yet."""
        port = free_port()
        environment = {
            "FIRESIDE_DATA": str(folder / name),
            "FIRESIDE_DATABASE_URL": database_url,
            "FIRESIDE_SECRET": SECRET,
            "FIRESIDE_PORT": str(port),
            "FIRESIDE_BASE_URL": f"http://{host}:{port}",
            "FIRESIDE_MEDIA_PORT": "0",
            "FIRESIDE_PUBLIC_ADDRESSES": host,
            "FIRESIDE_RELAYS": "1",
        }
        if "--no-relays" not in command:
            environment["FIRESIDE_RELAY_LISTEN"] = f"{host}:{free_port()}"
        return cls(name, folder / name, command, environment | more, environment["FIRESIDE_BASE_URL"], host, within)

    async def start(self) -> None:
        """Starts it; returns when it serves."""
        log = open_log(self.data)
        self.log = Path(log.name)
        environment = SURROUNDINGS | self.environment
        if self.within:
            program = (*self.within, *IN_THE_CHECKOUT, *self.command)
            self.process = await asyncio.create_subprocess_exec(
                *program, stdout=asyncio.subprocess.PIPE, stderr=log, env=environment
            )
        else:
            self.process = await fork_fireside(self.command, environment, log.fileno())
        assert self.process.stdout is not None
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
        except TimeoutError:
            line = b""
        assert line, f"{self.name} does not serve: {self.log.read_text()}"
        if self.command[0] == "serve":
            await until(self.healthy, what="a healthy server")

    async def healthy(self) -> bool:
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"{self.base_url}/healthz") as said,
            ):
                return said.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def relay_pids(self) -> list[int]:
        """Its relay processes."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode().split("\0") if entry.name.isdigit() else []
                if "signaling.worker.main" in command and any(f"{self.data}/" in part for part in command):
                    found.append(int(entry.name))
        return found

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to all of its processes."""
        for pid in (self.pid, *self.relay_pids()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    async def kill(self) -> None:
        """`kill -9` of all of it."""
        self.send(signal.SIGKILL)
        assert self.process is not None
        await self.process.wait()

    async def kill_main(self) -> None:
        """`kill -9` of the main process; relay processes go on."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ends it, and shows its log, which is shown when the test has failed."""
        if self.process is None:
            return
        self.send(signal.SIGCONT)
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self.process.wait(), PATIENCE_S)
            except TimeoutError:
                self.process.kill()
        for pid in self.relay_pids():
            os.kill(pid, signal.SIGKILL)
        assert self.log is not None
        print(f"--- {self.name}\n{self.log.read_text(errors='replace')}", file=sys.stderr)
