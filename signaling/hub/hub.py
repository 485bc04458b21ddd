"""The part of a call that runs in the web process: browsers on one side, relay processes on the other, news upward."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from signaling.hub.browser_connection import BrowserConnection
from signaling.hub.browser_connection import browser_socket as browser_socket
from signaling.hub.delivery import Delivery, only_log
from signaling.hub.placement import Placement
from signaling.hub.relay_connection import Listener, RelayConnection
from signaling.hub.relay_pool import RelayPool
from signaling.hub.supervisor import RelaySettings as RelaySettings
from signaling.news import Joined, Left, News, Present
from signaling.protocol import control, messages
from signaling.seat import Seat

PRESENT_EVERY = 10.0
RELAY_WITHIN = 10.0
SOCKETS_EACH = 8
TRY_AGAIN_LATER = 1013


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """An open socket of a browser, and the relay process that serves it.

    `visit` names the visit that opened it, of the several that one person may have.
    """

    browser: BrowserConnection
    relay: RelayConnection
    seat: Seat
    visit: str


class RelayNotStarted(Exception):
    """No relay process came up; its own log says why."""

    def __init__(self) -> None:
        super().__init__("The relay could not be started; the lines of the log that begin with 'relay' say why.")


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
        self._sockets: dict[str, OpenSocket] = {}
        self._attendances: dict[str, tuple[Joined, RelayConnection]] = {}
        self._placement = Placement(self._pool.connections)
        # Set, and replaced, when a relay process becomes ready or is lost.
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        # Whether `stop` leaves the calls running, for the next web process to take over.
        self.calls_go_on = False

    async def start(self) -> None:
        """Adopt or start the relay processes; returns when all are ready. Raises RelayNotStarted."""
        self._tasks = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._keep_reporting())]
        try:
            await self._pool.start()
        except TimeoutError as error:
            await self.stop()
            raise RelayNotStarted from error

    async def stop(self) -> None:
        """End the relay processes and every attendance with them, or leave them to the next hub (`calls_go_on`).

        Then deliver the last news. Does nothing when not started.
        """
        await (self._pool.leave() if self.calls_go_on else self._pool.end())
        await self._delivery.flush()
        for task in self._tasks:
            task.cancel()

    @property
    def relays(self) -> int:
        """How many relay processes there are."""
        return len(self._pool.connections)

    async def serve(self, socket: web.WebSocketResponse, seat: Seat, relay: int | None = None, visit: str = "") -> None:
        """Serve a browser's prepared socket until it is closed; `browser_socket` makes one with the right limits.

        `relay`, from 0, asks for one relay process, which is only for calls that try out that very one. The socket
        lasts no longer than its `visit`: see `end_visit`.
        """
        connection = await self._find_relay(seat.call, relay)
        if connection is None:
            await socket.close(code=TRY_AGAIN_LATER)
            return
        self._limit_sockets(seat)
        name = secrets.token_hex(8)
        browser = BrowserConnection(socket, partial(_forward, connection, name))
        self._sockets[name] = OpenSocket(browser, connection, seat, visit)
        connection.post(control.Opened(name, seat))
        try:
            await browser.run()
        finally:
            del self._sockets[name]
            connection.post(control.Closed(name, browser.silent))
            self._forget_empty(seat.call)

    async def remove(self, call: str, person: str, why: messages.RemovalReason = "removed") -> None:
        """Take a person out of a call, now: their consent was withdrawn, or the call is over."""
        connection = self._placement.relay_of(call)
        if connection is not None:
            connection.post(control.Remove(call, person, why))

    @property
    def visits(self) -> frozenset[str]:
        """The visits with open sockets here."""
        return frozenset(each.visit for each in self._sockets.values() if each.visit)

    async def end_visit(self, visit: str) -> None:
        """End what this visit has open here, media too, as if each of its browsers had left."""
        for name, each in self._sockets.items():
            if each.visit == visit:
                _forward(each.relay, name, messages.Leave())

    def health(self) -> dict[str, object]:
        """Whether every relay process is up, and a row for each."""
        return {"ready": self._pool.up, "relays": self._pool.health()}

    def _limit_sockets(self, seat: Seat) -> None:
        own = [each.browser for each in self._sockets.values() if each.seat == seat]
        if len(own) >= SOCKETS_EACH:
            own[0].close(messages.TOO_MANY)

    async def _find_relay(self, call: str, number: int | None) -> RelayConnection | None:
        """Where to serve this call, or the relay process of this number; None when it does not come up in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RELAY_WITHIN):
                while True:
                    if number is not None:
                        self._placement.assign(call, self._pool.connections[number])
                    connection = self._placement.place(call)
                    if connection is not None:
                        return connection
                    await self._changed.wait()
        self._forget_empty(call)
        return None

    def _forget_empty(self, call: str) -> None:
        in_call = any(joined.call == call for joined, _ in self._attendances.values())
        if not in_call and all(each.seat.call != call for each in self._sockets.values()):
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
        if message.socket in self._sockets:
            self._sockets[message.socket].browser.send(bytes(message.message).decode())

    def _close(self, relay: RelayConnection, message: control.Close) -> None:
        if message.socket in self._sockets:
            self._sockets[message.socket].browser.close(message.code)

    def _add_news(self, relay: RelayConnection, message: control.NumberedNews) -> None:
        news = message.news
        if isinstance(news, Joined):
            self._attendances[news.attendance] = news, relay
        else:
            self._attendances.pop(news.attendance, None)
            self._forget_empty(news.call)
        self._delivery.add(news, partial(_acknowledge, relay, relay.relay, message.number))

    def _ready(self, relay: RelayConnection, message: control.Ready) -> None:
        self._forget_attendances(relay)
        self._attendances.update({each.attendance: (each, relay) for each in message.attendances})
        for each in message.attendances:
            self._placement.assign(each.call, relay)
        relay.ready.set()
        self._notify_change()
        self._report_present()

    # What happens to relay processes

    def _disconnected(self, relay: RelayConnection) -> None:
        for each in self._sockets.values():
            if each.relay is relay:
                each.browser.close(messages.RELAY_LOST)

    def _lost(self, relay: RelayConnection, at: float) -> None:
        for each in self._forget_attendances(relay):
            self._delivery.add(Left(each.attendance, each.call, each.person, at, "relay lost"))
        self._placement.evict(relay)
        self._notify_change()

    def _forget_attendances(self, relay: RelayConnection) -> list[Joined]:
        forgotten = [joined for joined, of in self._attendances.values() if of is relay]
        for each in forgotten:
            del self._attendances[each.attendance]
        return forgotten

    # News

    def _report_present(self) -> None:
        if self._pool.up:
            self._delivery.add(Present(tuple(self._attendances), time.time()))

    async def _keep_reporting(self) -> None:
        while True:
            await asyncio.sleep(PRESENT_EVERY)
            self._report_present()


def _forward(relay: RelayConnection, socket: str, message: messages.ClientMessage) -> None:
    relay.post(control.BrowserMessage(socket, messages.raw(message)))


def _acknowledge(relay: RelayConnection, life: str, number: int) -> None:
    """Let that life of a relay process forget its news, if it is still the one that is connected."""
    if relay.relay == life:
        relay.post(control.Ack(number))


_HANDLERS: dict[type[control.RelayMessage], Callable[[Hub, RelayConnection, Any], None]] = {
    control.Deliver: Hub._deliver,
    control.Close: Hub._close,
    control.NumberedNews: Hub._add_news,
    control.Ready: Hub._ready,
}
