"""Finds the relay process that is to serve a browser's socket: of this machine alone, or where the directory says."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from signaling.hub.directory import Directory, DirectoryAway
from signaling.hub.open_sockets import OpenSocket
from signaling.hub.placement import Placement
from signaling.hub.serving_relay import ServingRelay

RELAY_WITHIN = 10.0
# What the directory says may change without a change here: a lease is over.
ASK_AGAIN = 0.3


class RelayFinder:
    """`connections` gives all relay processes that this hub knows, by their numbers. `directory` is None where this
    machine serves the calls alone: then `placement` itself decides."""

    def __init__(
        self,
        placement: Placement[ServingRelay],
        connections: Callable[[], Sequence[ServingRelay]],
        directory: Directory | None,
    ) -> None:
        self._placement = placement
        self._connections = connections
        self._directory = directory
        # Set, and replaced, when a relay process becomes ready or is lost, or a socket is to stop waiting.
        self._changed = asyncio.Event()

    def notify(self) -> None:
        """Something has changed: look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def find(self, opened: OpenSocket, number: int | None) -> ServingRelay | None:
        """Where to serve this socket: the relay process of its call, or of this number.

        None when that does not come up in time, or the socket is to be closed.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(RELAY_WITHIN):
                while not opened.browser.closing:
                    changed = self._changed
                    connection = await self._look(opened.seat.call, number)
                    if connection is not None:
                        return connection
                    await self._wait(changed)
        return None

    async def _look(self, call: str, number: int | None) -> ServingRelay | None:
        if number is not None:
            if number >= len(self._connections()):
                return None
            self._placement.assign(call, self._connections()[number])
        elif self._directory is not None:
            return await self._ask(self._directory, call)
        return self._placement.place(call)

    async def _ask(self, directory: Directory, call: str) -> ServingRelay | None:
        try:
            life = await directory.place(call)
        except DirectoryAway:
            # A call that runs goes on where it is.
            found = self._placement.relay_of(call)
        else:
            found = next((each for each in self._connections() if life and each.relay == life), None)
        if found is None or not found.up:
            return None
        self._placement.assign(call, found)
        return found

    async def _wait(self, changed: asyncio.Event) -> None:
        if self._directory is None:
            await changed.wait()
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(ASK_AGAIN):
                await changed.wait()
