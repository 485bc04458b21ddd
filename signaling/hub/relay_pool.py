"""The relay processes of a web process: all started or adopted, ended together, or left to the next web process."""

import asyncio
import time
from contextlib import suppress

from signaling.hub.relay_connection import ENDS_WITHIN, Line, Listener
from signaling.hub.supervisor import RelaySettings, Supervisor

START_WITHIN = 15.0


class Fleet:
    """`lines` lead to the processes, in the order of their numbers; `listener` takes what comes over each."""

    def __init__(self, settings: RelaySettings, listener: Listener) -> None:
        self.lines = [Line(Supervisor(settings, index), listener) for index in range(settings.relays)]
        self._listener = listener
        self._running: list[tuple[Line, asyncio.Task[None]]] = []

    @property
    def up(self) -> bool:
        """Whether every relay process serves calls now."""
        return all(line.up for line in self.lines)

    async def start(self) -> None:
        """Start or adopt them; returns when all are ready. Raises TimeoutError after START_WITHIN seconds, or sooner
        when they end as soon as they are started."""
        self._running = [(line, asyncio.create_task(line.run())) for line in self.lines]
        async with asyncio.timeout(START_WITHIN):
            for line in self.lines:
                await line.started()

    async def end(self) -> None:
        """End them, and every stay with them. Does nothing when not started."""
        running, self._running = self._running, []
        for line, _ in running:
            line.end()
        await asyncio.gather(*(self._settle(line, task) for line, task in running))

    async def leave(self) -> None:
        """Leave them and their calls to the next web process. Does nothing when not started."""
        running, self._running = self._running, []
        await asyncio.gather(*(_leave(line, task) for line, task in running))

    def health(self) -> list[dict[str, object]]:
        """A row for each."""
        return [
            {"ready": line.up, "draining": line.draining, "pid": line.pid, "port": line.port, "peers": line.peers}
            for line in self.lines
        ]

    async def _settle(self, line: Line, running: asyncio.Task[None]) -> None:
        if line.ready.is_set():
            await asyncio.wait([running], timeout=ENDS_WITHIN + 1)
        running.cancel()
        line.abandon()
        self._listener.lost(line, time.time())


async def _leave(line: Line, running: asyncio.Task[None]) -> None:
    await line.leave()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
