"""The live call's edge in the web process: browsers on one side, relay processes on the other, news upward."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from signaling.hub.browser_socket import Browser
from signaling.hub.browser_socket import browser_socket as browser_socket
from signaling.hub.delivery import Delivery
from signaling.hub.placement import Placement
from signaling.hub.relay_connection import Line, Listener
from signaling.hub.relay_pool import Fleet
from signaling.hub.supervisor import RelaySettings as RelaySettings
from signaling.news import Came as Came
from signaling.news import News as News
from signaling.news import Present as Present
from signaling.news import Went as Went
from signaling.protocol import control, messages
from signaling.protocol.codec import write_text
from signaling.seat import Seat

PRESENT_EVERY = 10.0
RELAY_WITHIN = 10.0
SOCKETS_EACH = 8
TRY_AGAIN_LATER = 1013


@dataclass(frozen=True, slots=True)
class Served:
    """An open socket of a browser; `visit` is whose it is among the visits of one person."""

    browser: Browser
    line: Line
    seat: Seat
    visit: str


class RelayNotStarted(Exception):
    """No relay process came up; its own log says why."""

    def __init__(self) -> None:
        super().__init__("The relay could not be started; the lines of the log that begin with 'relay' say why.")


class Hub:
    """Serves browsers' sockets; each call lives in one relay process. Made on the running loop's thread."""

    def __init__(self, settings: RelaySettings, news: Callable[[News], Awaitable[None]]) -> None:
        self._fleet = Fleet(settings, Listener(self._hear, self._dropped, self._lost))
        self._delivery = Delivery(news)
        self._browsers: dict[str, Served] = {}
        self._stays: dict[str, tuple[control.Stay, Line]] = {}
        self._placement = Placement(self._fleet.lines)
        # Set, and replaced, when a line comes up or a relay process is lost.
        self._changed = asyncio.Event()
        self._rest: list[asyncio.Task[None]] = []
        # Whether `stop` leaves the calls running, for the next web process to take over.
        self.calls_go_on = False

    async def start(self) -> None:
        """Adopt or start the relay processes; returns when all are ready. Raises RelayNotStarted."""
        self._rest = [asyncio.create_task(self._delivery.run()), asyncio.create_task(self._count())]
        try:
            await self._fleet.start()
        except TimeoutError as error:
            await self.stop()
            raise RelayNotStarted from error

    async def stop(self) -> None:
        """End the relay processes, every stay with them, or leave them to the next hub (`calls_go_on`), and deliver
        the last news. Does nothing when not started."""
        await (self._fleet.leave() if self.calls_go_on else self._fleet.end())
        await self._delivery.settle()
        for task in self._rest:
            task.cancel()

    @property
    def relays(self) -> int:
        """How many relay processes there are."""
        return len(self._fleet.lines)

    async def serve(self, socket: web.WebSocketResponse, seat: Seat, relay: int | None = None, visit: str = "") -> None:
        """Serve a browser's prepared socket until it is closed; `browser_socket` makes one with the right limits.

        `relay`, from 0, asks for one relay process, which is only for calls that try out that very one. The socket
        lasts no longer than its `visit`: see `end_visit`.
        """
        line = await self._find_line(seat.call, relay)
        if line is None:
            await socket.close(code=TRY_AGAIN_LATER)
            return
        self._make_room_for(seat)
        name = secrets.token_hex(8)
        browser = Browser(name, socket, lambda said: line.post(control.Say(name, messages.to_object(said))))
        self._browsers[name] = Served(browser, line, seat, visit)
        line.post(control.Open(name, seat))
        try:
            await browser.converse()
        finally:
            del self._browsers[name]
            line.post(control.Shut(name, browser.silent))
            self._forget_empty(seat.call)

    async def remove(self, call: str, person: str, why: messages.Out = "removed") -> None:
        """Take a person out of a call, now: their consent was withdrawn, or the call is over."""
        home = self._placement.home_of(call)
        if home is not None:
            home.post(control.Remove(call, person, why))

    @property
    def visits(self) -> frozenset[str]:
        """Whose sockets are open here."""
        return frozenset(served.visit for served in self._browsers.values() if served.visit)

    async def end_visit(self, visit: str) -> None:
        """Ends what this visit has open here, media too, as if each of its browsers had left."""
        for name, served in self._browsers.items():
            if served.visit == visit:
                served.line.post(control.Say(name, messages.to_object(messages.Leave())))

    def health(self) -> dict[str, object]:
        """Whether every relay process is up, and a line for each."""
        return {"ready": self._fleet.up, "relays": self._fleet.health()}

    def _make_room_for(self, seat: Seat) -> None:
        own = [served.browser for served in self._browsers.values() if served.seat == seat]
        if len(own) >= SOCKETS_EACH:
            own[0].close(messages.TOO_MANY)

    async def _find_line(self, call: str, relay: int | None) -> Line | None:
        """Where to serve this call, or the relay process of this number; None when it does not come up in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RELAY_WITHIN):
                while True:
                    if relay is not None:
                        self._placement.settle(call, self._fleet.lines[relay])
                    line = self._placement.place(call)
                    if line is not None:
                        return line
                    await self._changed.wait()
        self._forget_empty(call)
        return None

    def _forget_empty(self, call: str) -> None:
        in_call = any(stay.call == call for stay, _ in self._stays.values())
        if not in_call and all(served.seat.call != call for served in self._browsers.values()):
            self._placement.forget(call)

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # What relay processes say

    def _hear(self, line: Line, message: control.RelayMessage) -> None:
        handler = _HANDLERS.get(type(message))
        if handler is not None:
            handler(self, line, message)

    def _tell_browser(self, line: Line, message: control.Tell) -> None:
        if message.socket in self._browsers:
            self._browsers[message.socket].browser.tell(write_text(message.message))

    def _close_browser(self, line: Line, message: control.Close) -> None:
        if message.socket in self._browsers:
            self._browsers[message.socket].browser.close(message.code)

    def _came(self, line: Line, message: control.StayCame) -> None:
        self._stays[message.stay] = control.Stay(message.stay, message.call, message.person), line
        news = Came(message.stay, message.call, message.person, message.at)
        self._delivery.add(news, partial(_confirm, line, line.relay, message.number))

    def _went(self, line: Line, message: control.StayWent) -> None:
        self._stays.pop(message.stay, None)
        self._forget_empty(message.call)
        end = (message.at, message.why, message.speaking_seconds, message.quality)
        news = Went(message.stay, message.call, message.person, *end)
        self._delivery.add(news, partial(_confirm, line, line.relay, message.number))

    def _ready(self, line: Line, message: control.Ready) -> None:
        self._forget(line)
        self._stays.update({stay.stay: (stay, line) for stay in message.stays})
        for stay in message.stays:
            self._placement.settle(stay.call, line)
        line.ready.set()
        self._tell_change()
        self._report_present()

    # What happens to lines

    def _dropped(self, line: Line) -> None:
        for served in self._browsers.values():
            if served.line is line:
                served.browser.close(messages.RELAY_LOST)

    def _lost(self, line: Line, at: float) -> None:
        for stay in self._forget(line):
            self._delivery.add(Went(stay.stay, stay.call, stay.person, at, "relay lost", 0.0))
        self._placement.evict(line)
        self._tell_change()

    def _forget(self, line: Line) -> list[control.Stay]:
        stays = [stay for stay, of in self._stays.values() if of is line]
        for stay in stays:
            del self._stays[stay.stay]
        return stays

    # News

    def _report_present(self) -> None:
        if self._fleet.up:
            self._delivery.add(Present(tuple(self._stays), time.time()))

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(PRESENT_EVERY)
            self._report_present()


def _confirm(line: Line, relay: str, number: int) -> None:
    """Let that life of a relay process forget its news, if it is still the one on the line."""
    if line.relay == relay:
        line.post(control.Heard(number))


_HANDLERS: dict[type[control.RelayMessage], Callable[[Hub, Line, Any], None]] = {
    control.Tell: Hub._tell_browser,
    control.Close: Hub._close_browser,
    control.StayCame: Hub._came,
    control.StayWent: Hub._went,
    control.Ready: Hub._ready,
}
