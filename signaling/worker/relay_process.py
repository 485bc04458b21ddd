"""What runs in a relay process: rooms, relay core and sockets, for the hubs that speak to it over a Unix socket."""

import asyncio
import logging
import os
import secrets
import signal
import time
from collections.abc import Callable
from typing import Any

from signaling.news import Came, Went
from signaling.packet import Address, Packet
from signaling.protocol import control
from signaling.protocol.codec import Malformed
from signaling.relay.relay import Relay
from signaling.sockets.detect import Detector
from signaling.sockets.ports import Ports
from signaling.worker.hub_connection import HubLink
from signaling.worker.rooms import Switchboard
from signaling.worker.unacknowledged import Unheard

log = logging.getLogger(__name__)

PULSE = 1.0
LAST_NEWS = 2.0
# How long a hub that said farewell may take to be followed by the next, while nobody is in a call.
FAREWELL = 1.0


class RelayProcess:
    """Everything that runs in the process.

    `settings` is told to hubs; `lonely`: seconds without a hub after which it ends; `drain`: seconds that calls may
    go on when it was asked to drain; `detector`, if any, finds out how the world sees the port before the first
    browser is let in.
    """

    def __init__(
        self, ports: Ports, relay: Relay, settings: str, lonely: float, drain: float, detector: Detector | None = None
    ) -> None:
        self._name = secrets.token_hex(8)
        self._ports = ports
        self._relay = relay
        self._settings = settings
        self._lonely = self._patience = lonely
        self._drain = drain
        self._draining = False
        self._detector = detector
        self._switchboard = Switchboard(relay, self._report, lambda at: time.time() - time.monotonic() + at)
        self._serving: set[HubLink] = set()
        self._links: list[HubLink] = []
        self._linked_at = time.monotonic()
        self._news = Unheard()
        self._timer: asyncio.TimerHandle | None = None
        self._ending = False
        self._done = asyncio.Event()

    async def run(self, control_socket: Any) -> None:
        """Serve until told to end, or lonely."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.drain)
        receive = self._detector.intercept(self._receive) if self._detector is not None else self._receive
        self._ports.start(receive, self._pump, self._relay.lose_address)
        tasks = [asyncio.create_task(self._pulse())]
        if self._detector is not None:
            await self._detector.ask()
            tasks.append(asyncio.create_task(self._detector.keep_asking()))
        server = await asyncio.start_unix_server(self._serve, sock=control_socket, limit=control.MAX_LINE)
        log.info("relay %s serves UDP port %d, and TCP", self._name, self._ports.port)
        try:
            await self._done.wait()
        finally:
            for task in tasks:
                task.cancel()
            server.close()
            for link in list(self._serving):
                link.hang_up()
                await link.gone.wait()
            self._ports.close()
        log.info("relay %s ends", self._name)

    def drain(self) -> None:
        """Ask for no new calls, and end with the last present one, or when the time for that is over."""
        if self._draining:
            return
        log.info("relay %s drains: %d are in calls", self._name, len(self._switchboard.stays))
        self._draining = True
        for link in self._links:
            link.post(control.Draining())
        asyncio.get_running_loop().call_later(self._drain, self.end)
        self._end_if_drained()

    def _end_if_drained(self) -> None:
        if self._draining and not self._switchboard.stays:
            self.end()

    def end(self) -> None:
        """End every stay, and the process once the news of that is heard, or after LAST_NEWS seconds."""
        if not self._ending:
            self._ending = True
            self._switchboard.over(time.monotonic())
            self._pump()
            asyncio.get_running_loop().call_later(LAST_NEWS if self._links else 0, self._done.set)
            self._end_if_heard()

    # Datagrams and time

    def _receive(self, packet: Packet, source: Address, now: float) -> None:
        self._relay.receive(packet, source, now)

    def _pump(self) -> None:
        now = time.monotonic()
        while happened := self._relay.events():
            for event in happened:
                self._switchboard.hear_relay(event, now)
        self._ports.send(self._relay.outgoing())
        due = [when for when in (self._relay.deadline(), self._switchboard.deadline) if when is not None]
        if due:
            self._wake_at(min(due))

    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(when, self._wake)

    def _wake(self) -> None:
        self._timer = None
        now = time.monotonic()
        self._relay.tick(now)
        if self._switchboard.deadline is not None and self._switchboard.deadline <= now:
            self._switchboard.pass_time(now)
        self._pump()

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(PULSE)
            now = time.monotonic()
            dropped = sum(self._relay.counters.values()) + sum(self._ports.counters.values())
            self._switchboard.grade(now)
            for link in self._links:
                link.post(control.Pulse(self._switchboard.peers, dropped))
            if self._links:
                self._linked_at = now
            elif now - self._linked_at >= self._patience and not self._switchboard.stays:
                log.info("no hub for %d s and nobody in a call", self._patience)
                self.end()

    # Hubs

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = HubLink(writer)
        self._serving.add(link)
        try:
            await self._greet(link, reader)
            while line := await reader.readline():
                message = control.parse_hub(line)
                _HANDLERS[type(message)](self, link, message)
                self._pump()
        except (Malformed, ValueError, ConnectionError) as error:
            log.warning("hub cut off: %s", error)
        finally:
            self._unlink(link)
            self._serving.discard(link)
            link.close()

    async def _greet(self, link: HubLink, reader: asyncio.StreamReader) -> None:
        greet = control.parse_hub(await reader.readline())
        if not isinstance(greet, control.Greet):
            raise Malformed("a hub greets first")
        greeting = control.Greeting(control.VERSION, self._name, os.getpid(), self._ports.port, self._settings)
        link.post(greeting)
        if greet.version != control.VERSION:
            raise Malformed(f"it speaks version {greet.version}")
        self._links.append(link)
        self._patience = self._lonely
        if self._draining:
            link.post(control.Draining())
        for news in self._news:
            link.post(news)
        link.post(control.Ready(tuple(self._switchboard.stays.values())))
        log.info("hub connected")

    def _unlink(self, link: HubLink) -> None:
        if link in self._links:
            self._links.remove(link)
            self._linked_at = time.monotonic()
        for socket in link.sockets:
            self._switchboard.shut(socket, 0.0, time.monotonic())
        self._pump()

    def _report(self, news: Came | Went) -> None:
        message = self._news.add(news)
        if self._links:
            self._links[-1].post(message)
        self._end_if_drained()

    def _end_if_heard(self) -> None:
        if self._ending and not self._news:
            self._done.set()

    # What hubs say

    def _open(self, link: HubLink, message: control.Open) -> None:
        link.sockets.add(message.socket)
        self._switchboard.open(message.socket, message.seat, link.post)

    def _say(self, link: HubLink, message: control.Say) -> None:
        if not self._ending:
            self._switchboard.say(message.socket, message.message, time.monotonic())

    def _shut(self, link: HubLink, message: control.Shut) -> None:
        link.sockets.discard(message.socket)
        self._switchboard.shut(message.socket, message.silent, time.monotonic())

    def _remove(self, link: HubLink, message: control.Remove) -> None:
        self._switchboard.remove(message.call, message.person, message.why, time.monotonic())

    def _heard(self, link: HubLink, message: control.Heard) -> None:
        self._news.heard(message.number)
        self._end_if_heard()

    def _farewell(self, link: HubLink, message: control.Farewell) -> None:
        self._patience = FAREWELL

    def _end(self, link: HubLink, message: control.End) -> None:
        self.end()

    def _greet_again(self, link: HubLink, message: control.Greet) -> None:
        raise Malformed("a hub greets once")


_HANDLERS: dict[type[control.HubMessage], Callable[[RelayProcess, HubLink, Any], None]] = {
    control.Greet: RelayProcess._greet_again,
    control.Open: RelayProcess._open,
    control.Say: RelayProcess._say,
    control.Shut: RelayProcess._shut,
    control.Remove: RelayProcess._remove,
    control.Heard: RelayProcess._heard,
    control.Farewell: RelayProcess._farewell,
    control.End: RelayProcess._end,
}
