"""The relay processes of a web process: all started or adopted, ended together, or left to the next web process."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from signaling.hub.directory import OwnRelay
from signaling.hub.relay_connection import ENDS_WITHIN, RelayConnection
from signaling.hub.serving_relay import Listener
from signaling.hub.supervisor import RelaySettings, Supervisor

# One that hangs is replaced after SILENT_FOR seconds.
START_WITHIN = 30.0


class RelayPool:
    """`connections` lead to the processes, in the order of their numbers; `listener` takes what comes over each."""

    def __init__(self, settings: RelaySettings, listener: Listener) -> None:
        self.connections = [RelayConnection(Supervisor(settings, index), listener) for index in range(settings.relays)]
        self._listener = listener
        self._running: list[tuple[RelayConnection, asyncio.Task[None]]] = []

    @property
    def up(self) -> bool:
        """Whether every relay process serves calls now."""
        return all(each.up for each in self.connections)

    @property
    def known(self) -> bool:
        """Whether it was heard of every relay process what goes on there, or that there is none."""
        return all(each.known for each in self.connections)

    async def start(self) -> None:
        """Start or adopt them; returns when all are ready.

        Raises TimeoutError after START_WITHIN seconds, or sooner when they end as soon as they are started.
        """
        self._running = [(each, asyncio.create_task(each.run())) for each in self.connections]
        async with asyncio.timeout(START_WITHIN):
            for each in self.connections:
                await each.started()

    async def end(self) -> None:
        """End them, and every attendance with them. Does nothing when not started."""
        running, self._running = self._running, []
        for connection, _ in running:
            connection.end()
        await asyncio.gather(*(self._wait_for_end(connection, task) for connection, task in running))

    def yield_relays(self) -> None:
        """Another pool looks after them from now on."""
        for each in self.connections:
            each.yield_relay()

    def take_back(self) -> None:
        """Look after them again."""
        for each in self.connections:
            each.take_back()

    async def give_up(self) -> None:
        """After a start that failed: end those that were started here, and leave the others as they were."""
        running, self._running = self._running, []
        for connection, task in running:
            task.cancel()
            if connection.started_here:
                await connection.abandon()
        await asyncio.gather(*(task for _, task in running), return_exceptions=True)

    async def leave(self) -> None:
        """Leave them and their calls to the next web process. Does nothing when not started."""
        running, self._running = self._running, []
        await asyncio.gather(*(_leave(connection, task) for connection, task in running))

    def own_relays(self) -> tuple[OwnRelay, ...]:
        """Those that are known to live."""
        now = time.monotonic()
        return tuple(
            OwnRelay(each.relay, number, each.speaks, each.draining, each.peers, now - each.beat_at, each.talking)
            for number, each in enumerate(self.connections)
            if each.relay
        )

    def control_path(self, relay: str) -> Path | None:
        """The control socket of the one with this name of its life."""
        return next((each.path for each in self.connections if relay and each.relay == relay), None)

    def health(self) -> list[dict[str, object]]:
        """A row for each."""
        return [
            {"ready": each.up, "draining": each.draining, "pid": each.pid, "port": each.port, "peers": each.peers}
            for each in self.connections
        ]

    async def _wait_for_end(self, connection: RelayConnection, running: asyncio.Task[None]) -> None:
        if connection.up:
            await asyncio.wait([running], timeout=ENDS_WITHIN + 1)
        running.cancel()
        await connection.abandon()
        self._listener.lost(connection, time.time())


async def _leave(connection: RelayConnection, running: asyncio.Task[None]) -> None:
    await connection.leave()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
