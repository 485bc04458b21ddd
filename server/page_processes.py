"""In the main process: the other processes that serve pages at the same sockets, each replaced when it ends.

They send over a Unix socket each (server/web/main_process.py) what only this process can do. See docs/processes.md.
"""

import asyncio
import json
import logging
import os
import pickle
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from server.config import PREFIX, Settings
from server.db.changes import Topic
from server.web.keys import BACKGROUND_TASKS, CALLS, DATABASE, FOREIGN_ORIGINS, MAIN_MEASURER, LeavingReason
from server.web.main_process import LARGEST_PACKET
from signaling.hub.supervisor import module_folders

READY_WITHIN_S = 60.0
AGAIN_AFTER_S = 0.5
# What they finish is broken off before by themselves.
ENDED_WITHIN_S = 30.0
# Packets that are read at once, between other work.
READ_AT_ONCE = 64

TakeOver = Callable[[socket.socket, str, bytes], None]

log = logging.getLogger(__name__)


class PageProcesses:
    """All but the main one of `settings.web_processes`, serving at `listening`.

    `take_over` serves a connection in this process: it takes the client's address and the head of its first request.
    """

    def __init__(
        self, settings: Settings, listening: Sequence[socket.socket], app: web.Application, take_over: TakeOver
    ) -> None:
        self._settings = settings
        self._listening = listening
        self._app = app
        self._take_over = take_over
        self._measurer = app.get(MAIN_MEASURER)
        self._processes: dict[socket.socket, Process] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._ready = asyncio.Semaphore(0)
        self._ending = False

    @property
    def running(self) -> int:
        """How many there are now."""
        return len(self._processes)

    async def start(self) -> None:
        """Returns when all serve; one that does not come up is tried again."""
        count = self._settings.web_processes - 1
        self._tasks = [asyncio.create_task(self._keep_one()) for _ in range(count)]
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                for _ in range(count):
                    await self._ready.acquire()
        except TimeoutError:
            log.error("not all processes for pages have started: those that have serve")

    def end(self, linger: float | None) -> None:
        """Lets them finish what runs, and keep their connections for one more request for `linger` seconds; None: ends
        them now. They accept no connection from now on."""
        self._ending = True
        for channel in self._processes:
            with suppress(OSError):
                if linger is None:
                    channel.shutdown(socket.SHUT_WR)
                else:
                    channel.send(str(linger).encode())

    async def ended(self) -> None:
        """Returns when none is left, after ENDED_WITHIN_S at most."""
        if not self._ending:
            self.end(None)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDED_WITHIN_S)
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(*self._tasks)

    async def _keep_one(self) -> None:
        while not self._ending:
            try:
                why = f"exit code {await self._run_one()}"
            except OSError as error:
                why = str(error)
            if not self._ending:
                if self._measurer is not None:
                    self._measurer.note_page_process_lost()
                log.error("a process for pages has ended (%s): another one takes its place", why)
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _run_one(self) -> int:
        """Returns its exit code."""
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with ours:
            with theirs:
                descriptors = [each.fileno() for each in (theirs, *self._listening)]
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "server.page_process", *map(str, descriptors)),
                    pass_fds=descriptors,
                    stdin=DEVNULL,
                    stdout=DEVNULL,
                    env=own_environment(),
                )
            # With their secrets, which stand in no command line and no environment.
            ours.send(pickle.dumps(self._settings))
            self._processes[ours] = process
            if self._ending:
                ours.shutdown(socket.SHUT_WR)
            loop.add_reader(ours, self._receive, ours)
            try:
                return await process.wait()
            finally:
                loop.remove_reader(ours)
                del self._processes[ours]

    def _receive(self, channel: socket.socket) -> None:
        for _ in range(READ_AT_ONCE):
            try:
                packet, descriptors, _, _ = socket.recv_fds(channel, LARGEST_PACKET * 2, 1)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if not packet:
                asyncio.get_running_loop().remove_reader(channel)
                return
            kind, *values = json.loads(packet)
            _HANDLERS[kind](self, *values, *descriptors)

    # What they send

    def _note_ready(self) -> None:
        self._ready.release()

    def _remove(self, call: str, person: str, why: LeavingReason) -> None:
        self._app[BACKGROUND_TASKS].start(self._app[CALLS].remove(call, person, why))

    def _drain(self, relay: int) -> None:
        self._app[BACKGROUND_TASKS].start(self._app[CALLS].drain(relay))

    def _end_visit(self, visit: str) -> None:
        self._app[BACKGROUND_TASKS].start(self._app[CALLS].end_visit(visit))

    def _end_closed(self) -> None:
        self._app[BACKGROUND_TASKS].start(self._app[CALLS].end_closed())

    def _tell_changes(self, topics: list[tuple[Any, int]]) -> None:
        self._app[DATABASE].changes.tell([Topic(*topic) for topic in topics])

    def _note_foreign_origin(self, origin: str) -> None:
        self._app[FOREIGN_ORIGINS].add(origin)

    def _note_measured(self, measurements: list[Any]) -> None:
        if self._measurer is not None:
            self._measurer.note_all(measurements)

    def _hand_on(self, peer: str, head: str, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._take_over(socket.socket(fileno=descriptor), peer, head.encode("latin-1"))


def own_environment() -> dict[str, str]:
    """This process's own for one that it starts, without its settings; with -P, no file of the working directory is
    taken for a module."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return environment | {"PYTHONPATH": os.pathsep.join(module_folders())}


_HANDLERS: dict[str, Callable[..., None]] = {
    "ready": PageProcesses._note_ready,
    "remove": PageProcesses._remove,
    "drain": PageProcesses._drain,
    "end_visit": PageProcesses._end_visit,
    "end_closed": PageProcesses._end_closed,
    "changed": PageProcesses._tell_changes,
    "foreign": PageProcesses._note_foreign_origin,
    "measured": PageProcesses._note_measured,
    "hand_on": PageProcesses._hand_on,
}
