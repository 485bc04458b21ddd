"""The part of a call that runs in the web process: browsers on one side, relay processes on the other, news upward."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import web

from signaling.hub.attendances import LiveAttendance, LiveAttendances
from signaling.hub.browser_connection import browser_socket as browser_socket
from signaling.hub.counts import HubCounts, counts_of
from signaling.hub.delivery import Delivery, only_log
from signaling.hub.errors import RelayNotStarted
from signaling.hub.open_sockets import OpenSocket, OpenSockets
from signaling.hub.placement import Placement
from signaling.hub.relay_connection import Listener, RelayConnection
from signaling.hub.relay_pool import RelayPool
from signaling.hub.supervisor import RelaySettings as RelaySettings
from signaling.news import Joined, Left, News, Present
from signaling.protocol import control, messages
from signaling.seat import Seat

PRESENT_EVERY = 10.0
RELAY_WITHIN = 10.0
TRY_AGAIN_LATER = 1013


class Hub:
    """Serves browsers' sockets; each call lives in one relay process. Must be made on the running loop's thread."""

    def __init__(
        self,
        settings: RelaySettings,
        news: Callable[[News], Awaitable[None]],
        set_aside: Callable[[News, Exception], Awaitable[None]] = only_log,
    ) -> None:
        self._pool = RelayPool(settings, Listener(self._receive, self._disconnected, self._lost))
        self._delivery = Delivery(news, set_aside)
        self._sockets = OpenSockets()
        self._attendances: LiveAttendances[RelayConnection] = LiveAttendances()
        self.watch = self._attendances.watch
        self._placement = Placement(self._pool.connections)
        # Set, and replaced, when a relay process becomes ready or is lost.
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._yielded = False
        self._closed = False
        self._relays_lost = 0
        # Whether `stop` leaves the calls running, for the next web process to take over.
        self.calls_go_on = False

    async def start(self) -> None:
        """Adopt or start the relay processes; returns when all are ready. Raises RelayNotStarted."""
        self._tasks = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._keep_reporting())]
        try:
            await self._pool.start()
        except TimeoutError as error:
            await self._pool.give_up()
            await self._finish()
            raise RelayNotStarted from error

    async def stop(self) -> None:
        """End the relay processes and every attendance with them, or leave them to the next hub (`calls_go_on`).

        Then deliver the last news. Does nothing when not started.
        """
        await (self._pool.leave() if self.calls_go_on else self._pool.end())
        await self._finish()

    async def _finish(self) -> None:
        await self._delivery.flush()
        for task in self._tasks:
            task.cancel()

    def yield_relays(self) -> None:
        """The next hub is about to take the relay processes over: until `stop`, only sockets that are open are served,
        and people removed."""
        self._yielded = True
        self._pool.yield_relays()

    def take_relays_back(self) -> None:
        """The next hub did not come."""
        self._yielded = False
        self._pool.take_back()

    def close_sockets(self) -> None:
        """Close all sockets, and those that are opened from now on; their browsers come back to the next hub."""
        self._closed = True
        self._sockets.close_all()
        self._notify_change()

    @property
    def relays(self) -> int:
        """How many relay processes there are."""
        return len(self._pool.connections)

    async def serve(self, socket: web.WebSocketResponse, seat: Seat, relay: int | None = None, visit: str = "") -> None:
        """Serve a browser's prepared socket until it is closed; `browser_socket` makes one with the right limits.

        `relay`, from 0, asks for one relay process, which is only for calls that try out that very one. The socket
        lasts no longer than its `visit`: see `end_visit`.
        """
        if self._closed:
            await socket.close(code=messages.RELAY_LOST)
            return
        opened = OpenSocket(socket, seat, visit)
        self._sockets.add(opened)
        # Another one may have to stop waiting.
        self._notify_change()
        try:
            connection = await self._find_relay(opened, relay)
            if connection is None:
                await socket.close(code=messages.TOO_MANY if opened.browser.closing else TRY_AGAIN_LATER)
                return
            opened.serve_by(connection)
            await opened.browser.run()
        finally:
            self._sockets.remove(opened)
            self._forget_empty(seat.call)

    async def remove(self, call: str, person: str, why: messages.RemovalReason = "removed") -> None:
        """Take a person out of a call, now: their consent was withdrawn, or the call is over."""
        connection = self._placement.relay_of(call)
        if connection is not None:
            connection.post(control.Remove(call, person, why))

    @property
    def visits(self) -> frozenset[tuple[str, str]]:
        """The visits with open sockets here, each with a call that it is in."""
        return self._sockets.visits

    async def end_visit(self, visit: str, call: str | None = None) -> None:
        """End what this visit has open here, or only in one call, media too, as if each of its browsers had left."""
        self._sockets.end_visit(visit, call)

    def health(self) -> dict[str, object]:
        """Whether every relay process is up, and a row for each."""
        return {"ready": self._pool.up, "relays": self._pool.health()}

    def counts(self) -> HubCounts:
        """What goes on now."""
        relays = tuple(map(counts_of, self._pool.connections))
        return HubCounts(len(self._attendances.calls), len(self._attendances), relays, self._relays_lost)

    @property
    def attendances(self) -> tuple[LiveAttendance[int], ...]:
        """Who is in calls now, oldest first, with the number of the relay process that they are in, from 0."""
        number, live = self._pool.connections.index, self._attendances.live
        return tuple(LiveAttendance(each.joined, number(each.relay), each.newest) for each in live)

    def drain(self, relay: int) -> None:
        """Let this relay process, from 0, take no new calls and end with its present ones. Another takes its place."""
        if 0 <= relay < self.relays:
            self._pool.connections[relay].post(control.Drain())

    async def _find_relay(self, opened: OpenSocket, number: int | None) -> RelayConnection | None:
        """Where to serve this socket: the relay process of its call, or of this number.

        None when that does not come up in time, or the socket is to be closed.
        """
        call = opened.seat.call
        with suppress(TimeoutError):
            async with asyncio.timeout(RELAY_WITHIN):
                while not opened.browser.closing:
                    if number is not None:
                        self._placement.assign(call, self._pool.connections[number])
                    connection = self._placement.place(call)
                    if connection is not None:
                        return connection
                    await self._changed.wait()
        return None

    def _forget_empty(self, call: str) -> None:
        if not (call in self._attendances.calls or self._sockets.any_in(call)):
            self._placement.forget(call)

    def _notify_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # Messages of relay processes

    def _receive(self, relay: RelayConnection, message: control.RelayMessage) -> None:
        handler = _HANDLERS.get(type(message))
        if handler is not None:
            handler(self, relay, message)

    def _deliver(self, relay: RelayConnection, message: control.Deliver) -> None:
        self._sockets.deliver(message)

    def _close(self, relay: RelayConnection, message: control.Close) -> None:
        self._sockets.close(message)

    def _add_news(self, relay: RelayConnection, message: control.NumberedNews) -> None:
        news = message.news
        if isinstance(news, Joined):
            self._attendances.add(news, relay)
        else:
            self._attendances.remove(news.attendance)
            self._forget_empty(news.call)
        self._delivery.add(news, partial(_acknowledge, relay, relay.relay, message.number))

    def _ready(self, relay: RelayConnection, message: control.Ready) -> None:
        self._attendances.remove_all(relay)
        for each in message.attendances:
            self._attendances.add(each, relay)
            self._placement.assign(each.call, relay)
        self._notify_change()
        self._report_present()

    # What happens to relay processes

    def _disconnected(self, relay: RelayConnection) -> None:
        self._sockets.close_all(relay)

    def _lost(self, relay: RelayConnection, at: float) -> None:
        for each in self._attendances.remove_all(relay):
            self._delivery.add(Left(each.attendance, each.call, each.person, at, "relay lost"))
        self._relays_lost += 1
        self._placement.evict(relay)
        self._notify_change()

    # News

    def _report_present(self) -> None:
        if self._pool.known and not self._yielded:
            self._delivery.add(Present(tuple(self._attendances), time.time(), self._attendances.take_samples()))

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(PRESENT_EVERY)
            self._report_present()


def _acknowledge(relay: RelayConnection, life: str, number: int) -> None:
    """Let that life of a relay process forget its news, if it is still the one that is connected."""
    if relay.relay == life:
        relay.post(control.Ack(number))


_HANDLERS: dict[type[control.RelayMessage], Callable[[Hub, RelayConnection, Any], None]] = {
    control.Deliver: Hub._deliver,
    control.Close: Hub._close,
    control.NumberedNews: Hub._add_news,
    control.Measured: lambda hub, relay, message: hub._attendances.measure(message.samples),
    control.Ready: Hub._ready,
}
