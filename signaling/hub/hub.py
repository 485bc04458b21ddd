"""The part of a call that runs in the web process: browsers on one side, relay processes on the other, news upward."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from aiohttp import web

from signaling.hub.attendances import LiveAttendance, LiveAttendances
from signaling.hub.browser_connection import browser_socket as browser_socket
from signaling.hub.counts import HubCounts, RelayCounts, counts_of
from signaling.hub.delivery import Delivery, only_log
from signaling.hub.directory import CallPlace, RelayAddress, Several
from signaling.hub.errors import RelayNotStarted
from signaling.hub.finding import RelayFinder
from signaling.hub.open_sockets import OpenSocket, OpenSockets
from signaling.hub.placement import Placement
from signaling.hub.relay_pool import RelayPool
from signaling.hub.remote_relays import RemoteRelays
from signaling.hub.reporting import Reporting
from signaling.hub.serving_relay import Listener, ServingRelay
from signaling.hub.supervisor import RelaySettings as RelaySettings
from signaling.news import Joined, Left, News
from signaling.protocol import control, messages
from signaling.seat import Seat

TRY_AGAIN_LATER = 1013


class Hub:
    """Serves browsers' sockets; each call lives in one relay process. Must be made on the running loop's thread.

    With `several`, also in those of other machines, which `follow` names.
    """

    def __init__(
        self,
        settings: RelaySettings,
        news: Callable[[News], Awaitable[None]],
        set_aside: Callable[[News, Exception], Awaitable[None]] = only_log,
        several: Several | None = None,
    ) -> None:
        listener = Listener(self._receive, self._disconnected, self._lost)
        self._pool = RelayPool(settings, listener)
        self._remote = None if several is None else RemoteRelays(several.identity, listener)
        self._delivery = Delivery(news, set_aside)
        self._sockets = OpenSockets()
        self._attendances: LiveAttendances[ServingRelay] = LiveAttendances()
        self._reporting = Reporting(self._delivery, self._attendances, self._pool)
        self.watch = self._attendances.watch
        self.own_relays, self.control_path = self._pool.own_relays, self._pool.control_path
        self._placement: Placement[ServingRelay] = Placement(self._pool.connections)
        directory = None if several is None else several.directory
        self._finder = RelayFinder(self._placement, lambda: self._connections, directory)
        self._tasks: list[asyncio.Task[None]] = []
        self.yielded = self._closed = False
        self._relays_lost = 0
        # Whether `stop` leaves the calls running, for the next web process to take over.
        self.calls_go_on = False

    async def start(self) -> None:
        """Adopt or start the relay processes; returns when all are ready. Raises RelayNotStarted."""
        self._tasks = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._reporting.keep_reporting())]
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
        await self.follow(())
        await self._delivery.flush()
        for task in self._tasks:
            task.cancel()

    def yield_relays(self) -> None:
        """The next hub is about to take the relay processes over: until `stop`, only sockets that are open are served,
        and people removed."""
        self.yielded = self._reporting.yielded = True
        self._pool.yield_relays()

    def take_relays_back(self) -> None:
        """The next hub did not come."""
        self.yielded = self._reporting.yielded = False
        self._pool.take_back()

    def close_sockets(self) -> None:
        """Close all sockets, and those that are opened from now on; their browsers come back to the next hub."""
        self._closed = True
        self._sockets.close_all()
        self._finder.notify()

    @property
    def relays(self) -> int:
        """How many relay processes there are, with those of other machines."""
        return len(self._connections)

    @property
    def _connections(self) -> list[ServingRelay]:
        return [*self._pool.connections, *(self._remote.connections if self._remote else ())]

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
        self._finder.notify()
        try:
            connection = await self._finder.find(opened, relay)
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
        """Whether every relay process is up, or where this machine has none any of the others', and a row for each of
        its own."""
        up = self._pool.up and (bool(self._pool.connections) or any(each.up for each in self._connections))
        return {"ready": up, "relays": self._pool.health()}

    def counts(self) -> HubCounts:
        """What goes on now in the relay processes of this machine."""
        own = self._pool.connections
        calls, people = self._attendances.calls_in(own), self._attendances.names_in(own)
        return HubCounts(len(calls), len(people), tuple(map(counts_of, own)), self._relays_lost)

    @property
    def relay_counts(self) -> tuple[RelayCounts, ...]:
        """Of every relay process, by its number."""
        return tuple(map(counts_of, self._connections))

    @property
    def attendances(self) -> tuple[LiveAttendance[int], ...]:
        """Who is in calls now, oldest first, with the number of the relay process that they are in, from 0."""
        number, live = self._connections.index, self._attendances.live
        return tuple(LiveAttendance(each.joined, number(each.relay), each.newest) for each in live)

    def drain(self, relay: int) -> None:
        """Let this relay process, from 0, take no new calls and end with its present ones. Another takes its place."""
        if 0 <= relay < self.relays:
            self._connections[relay].post(control.Drain())

    # Several machines

    async def follow(self, addresses: Collection[RelayAddress]) -> None:
        """Serve calls in these relay processes of other machines from now on, and in no others."""
        if self._remote is not None and await self._remote.follow(addresses):
            self._finder.notify()

    @property
    def calls(self) -> frozenset[str]:
        """The calls that must stay where they are: with open sockets here, or with somebody in a relay process here."""
        return self._sockets.calls | self._attendances.calls_in(self._pool.connections)

    def note_placed(self, placed: Mapping[str, CallPlace]) -> None:
        """These calls are served there: browsers that are elsewhere come back, and nobody is in them here any more."""
        self._sockets.close_elsewhere({call: place.relay for call, place in placed.items()})
        for call, relay in self._attendances.places:
            new = placed.get(call)
            if new is not None and new.settled and relay.owned and relay.relay != new.relay:
                relay.post(control.Release(call, new.at))

    def _forget_empty(self, call: str) -> None:
        if not (call in self._attendances.calls or self._sockets.any_in(call)):
            self._placement.forget(call)

    # Messages of relay processes

    def _receive(self, relay: ServingRelay, message: control.RelayMessage) -> None:
        handler = _HANDLERS.get(type(message))
        if handler is not None:
            handler(self, relay, message)

    def _add_news(self, relay: ServingRelay, message: control.NumberedNews) -> None:
        self._note(relay, message.news)
        self._reporting.add(relay, message)

    def _note(self, relay: ServingRelay, news: Joined | Left) -> None:
        if isinstance(news, Joined):
            self._attendances.add(news, relay)
            self._placement.assign(news.call, relay)
        else:
            self._attendances.remove(news.attendance)
            self._forget_empty(news.call)

    def _ready(self, relay: ServingRelay, message: control.Ready) -> None:
        self._attendances.remove_all(relay)
        for each in message.attendances:
            self._attendances.add(each, relay)
            self._placement.assign(each.call, relay)
        self._finder.notify()
        self._reporting.report_present()

    # What happens to relay processes

    def _disconnected(self, relay: ServingRelay) -> None:
        self._sockets.close_all(relay)

    def _lost(self, relay: ServingRelay, at: float) -> None:
        for each in self._attendances.remove_all(relay):
            if relay.owned:
                self._reporting.add_lost(each, at)
        self._relays_lost += relay.owned
        self._placement.evict(relay)
        self._finder.notify()


_HANDLERS: dict[type[control.RelayMessage], Callable[[Hub, ServingRelay, Any], None]] = {
    control.Deliver: lambda hub, relay, message: hub._sockets.deliver(message),
    control.Close: lambda hub, relay, message: hub._sockets.close(message),
    control.NumberedNews: Hub._add_news,
    control.Noted: lambda hub, relay, message: hub._note(relay, message.news),
    control.Measured: lambda hub, relay, message: hub._attendances.measure(message.samples, keep=relay.owned),
    control.Ready: Hub._ready,
}
