"""Starts a relay process, or adopts the one that still runs, and starts another when it died."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from signaling.hub.process import ChildProcess, RelayHandle, hung_up, peer_pid, process_behind, wait_for_end
from signaling.protocol.control import MAX_LINE, settings_text
from signaling.sockets.local import short_path
from signaling.sockets.ports import Ports

log = logging.getLogger(__name__)

# How long the first start may take. Each next one may take twice as long: a machine that is too busy to start a process
# within this time would not get there if it was killed each time.
STARTS_WITHIN = 10.0
LONGEST_START = 160.0
DIAL_EVERY = 0.01
FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
# A process that ends sooner ended early.
EARLY = 2.0
# The delay after five processes in a row ended early.
HOPELESS_DELAY = 1.6
# It may take a moment until the system has freed all that a killed process had.
ENDS_AFTER_KILL = 2.0


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How relay processes are run.

    `directory` holds their control sockets; `bind` is an address, "0.0.0.0" for every IPv4 one or "::" for all;
    `port` is the first relay's UDP and TCP port, each next one takes the next number, and 0 takes free ones;
    `public_addresses` are announced to browsers, this machine's own when empty; `stun_server` (HOST:PORT) is asked
    for one more, unless it is empty. With `json_log` each line of their log is an object.
    """

    directory: Path
    bind: str
    port: int
    public_addresses: tuple[str, ...] = ()
    relays: int = 1
    stun_server: str = ""
    json_log: bool = False


@dataclass(frozen=True, slots=True)
class RelayLink:
    """A connection to a relay process. `process` is None when it cannot be signalled from here."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    process: RelayHandle | None

    @property
    def pid(self) -> int:
        """The process id, 0 when the system does not tell it."""
        return 0 if self.process is None else self.process.pid


class Supervisor:
    """Keeps the relay process number `index` alive."""

    def __init__(self, settings: RelaySettings, index: int) -> None:
        self.path = settings.directory / f"relay-{index}.sock"
        # Set when so many processes ended early that the next start is HOPELESS_DELAY seconds away.
        self.hopeless = asyncio.Event()
        self._settings = settings
        self._port = settings.port + index if settings.port else 0
        self._public = ",".join(settings.public_addresses)
        self._child: ChildProcess | None = None
        self._started = 0.0
        self._delay = 0.0
        self._starts_within = STARTS_WITHIN
        self._answered = False

    @property
    def settings_text(self) -> str:
        """How the process is started, as it tells in its greeting."""
        return settings_text(self._settings.bind, self._port, self._public, self._settings.stun_server)

    def may_start_beside(self, port: int) -> bool:
        """Whether the port of a new process is free, or the same as this one, which will be."""
        if self._port not in (0, port):
            try:
                Ports(self._settings.bind, self._port).close()
            except OSError as error:
                log.error(
                    "port %d cannot be opened, so the relay process at port %d is left: %s", self._port, port, error
                )
                self.hopeless.set()
                return False
        return True

    async def dial(self) -> RelayLink | None:
        """Connect to the relay process, if one answers.

        Raises OSError when that cannot be found out, as when this process has no descriptor left.
        """
        connection = self._open()
        if connection is None:
            return None
        behind = process_behind(connection)
        if behind is not None and hung_up(connection):
            # It may have ended already. If the same one answers again, it lives.
            connection.close()
            connection = self._open()
            if connection is None or peer_pid(connection) != behind.pid or behind.ended:
                behind.close()
                return None
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=MAX_LINE)
        if behind is not None and self._child is not None and behind.pid == self._child.pid and not self._child.ended:
            behind.close()
            return RelayLink(reader, writer, self._child)
        return RelayLink(reader, writer, behind)

    def _open(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            with short_path(self.path) as name:
                connection.connect(name)
        except OSError as error:
            connection.close()
            if isinstance(error, FileNotFoundError | ConnectionRefusedError):
                return None
            raise
        return connection

    async def connect(self) -> RelayLink:
        """Connect to the relay process; start one, as often as it takes, when none answers. Raises OSError."""
        while True:
            if (link := await self.dial()) is not None:
                self._answered, self._starts_within = True, STARTS_WITHIN
                return link
            if self._child is None or self._child.ended:
                await self._back_off()
                self._child = self._spawn()
            elif time.monotonic() - self._started > self._starts_within:
                self._starts_within = min(self._starts_within * 2, LONGEST_START)
                await self.kill(self._child)
            await asyncio.sleep(DIAL_EVERY)

    async def kill(self, process: RelayHandle | None) -> None:
        """End a relay process that does not answer, or cannot be understood."""
        if process is None:
            log.error("the process that serves %s cannot be ended from here: end it by hand", self.path)
            await asyncio.sleep(FIRST_DELAY)
        elif not process.ended:
            log.error("relay process %d is killed", process.pid)
            process.kill()
            await wait_for_end(process, ENDS_AFTER_KILL)

    @property
    def started(self) -> bool:
        """Whether the process that runs was started here, and not adopted."""
        return self._child is not None and not self._child.ended

    async def abandon(self) -> None:
        """End the process that was started here, if it still lives."""
        if self._child is not None and not self._child.ended:
            self._child.kill()
            await wait_for_end(self._child, ENDS_AFTER_KILL)

    async def _back_off(self) -> None:
        # On a busy machine it may take longer than EARLY to fail.
        if self._child is not None and (not self._answered or time.monotonic() - self._started < EARLY):
            self._delay = min(max(self._delay * 2, FIRST_DELAY), LONGEST_DELAY)
            if self._delay >= HOPELESS_DELAY:
                self.hopeless.set()
            log.warning("relay process ended early: next start in %.1f s", self._delay)
            await asyncio.sleep(self._delay)
        else:
            self._delay = 0.0
            self.hopeless.clear()

    def _spawn(self) -> ChildProcess:
        settings = self._settings
        settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._started, self._answered = time.monotonic(), False
        where = ["--bind", settings.bind, "--port", str(self._port), "--public", self._public]
        where += ["--stun", settings.stun_server] if settings.stun_server else []
        where += ["--json-log"] if settings.json_log else []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FIRESIDE_")}
        # Its own session: it outlives this process and its terminal. No settings of ours: it needs no secret.
        # With -P and this path, no file of the working directory is taken for a module.
        process = subprocess.Popen(  # noqa: S603  # the command is this program's own
            [sys.executable, "-P", "-m", "signaling.worker.main", "--control", str(self.path), *where],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env=environment | {"PYTHONPATH": os.pathsep.join(module_folders())},
        )
        return ChildProcess(process)


def module_folders() -> list[str]:
    """Where this process finds modules, without the working directory unless ours are there."""
    ours, here = Path(str(files("signaling"))).parent, os.curdir
    existing = (folder or here for folder in sys.path if os.path.exists(folder or here))
    return [folder for folder in existing if os.path.samefile(folder, ours) or not os.path.samefile(folder, here)]
