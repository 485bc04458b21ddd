"""What runs in a relay process: rooms, relay core and sockets, for the hubs that connect to its Unix socket."""

import asyncio
import itertools
import logging
import os
import secrets
import signal
import time
from collections.abc import Callable
from typing import Any

from signaling.codec import MalformedMessage
from signaling.news import Joined, Left
from signaling.protocol import control
from signaling.relay.relay import Relay
from signaling.sockets.detect import Detector
from signaling.sockets.ports import Ports
from signaling.worker.draining import DrainState
from signaling.worker.heartbeats import heartbeat
from signaling.worker.hub_connection import HubConnection
from signaling.worker.hubs import Hubs
from signaling.worker.memory import give_back_now_and_then
from signaling.worker.rooms import Rooms
from signaling.worker.unacknowledged import Unacknowledged

log = logging.getLogger(__name__)

HEARTBEAT = 1.0
HEARTBEATS_A_MEASUREMENT = 10
LAST_NEWS = 2.0
# After a hub detached: how long to wait for the next one while nobody is in a call.
DETACHED = 1.0


class RelayProcess:
    """Everything that runs in the process.

    `settings` is what its greeting says; `lonely`: seconds without a hub after which it ends; `drain`: seconds that
    calls may go on after it was asked to drain; `detector`, if any, finds out the port's public address before the
    first browser is let in.
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
        self._detector = detector
        self._rooms = Rooms(relay, self._report, lambda at: time.time() - time.monotonic() + at)
        self._serving: set[HubConnection] = set()
        self._hubs = Hubs()
        self._draining = DrainState(self._hubs, self._rooms)
        self._last_hub_at = time.monotonic()
        self._news = Unacknowledged()
        self._timer: asyncio.TimerHandle | None = None
        self._ending = False
        self._done = asyncio.Event()

    async def run(self, control_socket: Any) -> None:
        """Serve until told to end, or lonely."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.drain)
        receive = self._relay.receive if self._detector is None else self._detector.intercept(self._relay.receive)
        self._ports.start(receive, self._pump, self._relay.lose_address)
        tasks = [asyncio.create_task(each) for each in (self._beat(), give_back_now_and_then())]
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
            for hub in list(self._serving):
                hub.abort()
                await hub.gone.wait()
            self._ports.close()
        log.info("relay %s ends", self._name)

    def drain(self) -> None:
        """Ask for no new calls, and end with the last present one, or when the time for draining is over."""
        if self._draining.began:
            return
        log.info("relay %s drains: %d are in calls", self._name, len(self._rooms.attendances))
        self._draining.begin()
        asyncio.get_running_loop().call_later(self._drain, self.end)
        self._end_if_drained()

    def _end_if_drained(self) -> None:
        if self._draining.over:
            self.end()

    def end(self) -> None:
        """End every attendance, and the process once the news of that is acknowledged, or after LAST_NEWS seconds."""
        if not self._ending:
            self._ending = True
            self._rooms.shut_down(time.monotonic())
            self._pump()
            asyncio.get_running_loop().call_later(LAST_NEWS if self._hubs.recording else 0, self._done.set)
            self._end_if_acknowledged()

    # Datagrams and time

    def _pump(self) -> None:
        while happened := self._relay.events():
            for event in happened:
                self._rooms.receive_relay_event(event, time.monotonic())
        self._ports.send(self._relay.outgoing())
        for due in (self._relay.deadline(), self._rooms.deadline):
            if due is not None:
                self._wake_at(due)

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
        if self._rooms.deadline is not None and self._rooms.deadline <= now:
            self._rooms.tick(now)
        self._pump()

    async def _beat(self) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(HEARTBEAT)
            now = time.monotonic()
            try:
                self._rooms.look_at_peers(now)
                if number % HEARTBEATS_A_MEASUREMENT == 0 and (samples := self._rooms.measure(now)):
                    self._hubs.post(control.Measured(samples))
            except Exception:
                # Without heartbeats the hub would end this process, and all calls with it.
                log.exception("the peers cannot be looked at")
            self._draining.say_who_talks()
            self._hubs.post(heartbeat(self._relay, self._ports, self._rooms))
            if self._hubs.recording:
                self._last_hub_at = now
            elif now - self._last_hub_at >= self._patience and not self._rooms.attendances:
                log.info("no hub for %d s and nobody in a call", self._patience)
                self.end()

    # Hubs

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hub = HubConnection(writer)
        self._serving.add(hub)
        try:
            await self._greet(hub, reader)
            while line := await reader.readline():
                message = control.parse_hub(line)
                _HANDLERS[type(message)](self, hub, message)
                self._pump()
        except (MalformedMessage, ValueError, ConnectionError) as error:
            log.warning("hub disconnected: %s", error)
        finally:
            self._disconnected(hub)
            self._serving.discard(hub)
            hub.close()

    async def _greet(self, hub: HubConnection, reader: asyncio.StreamReader) -> None:
        greet = control.parse_hub(await reader.readline())
        if not isinstance(greet, control.Greet):
            raise MalformedMessage("its first message is no greeting")
        hub.post(
            control.Greeting(
                control.answering(greet.version), self._name, os.getpid(), self._ports.port, self._settings
            )
        )
        if greet.version not in control.SPOKEN:
            raise MalformedMessage(f"it speaks version {greet.version}")
        hub.observes, hub.speaks = greet.observes, greet.version
        self._hubs.add(hub)
        self._patience = self._patience if hub.observes else self._lonely
        self._draining.greet(hub)
        self._hubs.repeat(self._news, hub)
        hub.post(control.Ready(tuple(self._rooms.attendances.values())))
        log.info("hub connected")

    def _disconnected(self, hub: HubConnection) -> None:
        if hub in self._hubs.recording:
            self._last_hub_at = time.monotonic()
        self._hubs.remove(hub)
        for socket in hub.sockets:
            self._rooms.close(socket, 0.0, time.monotonic())
        self._pump()

    def _report(self, news: Joined | Left) -> None:
        self._hubs.report(self._news.add(news))
        self._end_if_drained()

    def _end_if_acknowledged(self) -> None:
        if self._ending and not self._news:
            self._done.set()

    # Messages of hubs

    def _opened(self, hub: HubConnection, message: control.Opened) -> None:
        hub.sockets.add(message.socket)
        self._rooms.open(message.socket, message.seat, hub.post)

    def _browser_message(self, hub: HubConnection, message: control.BrowserMessage) -> None:
        if not self._ending:
            self._rooms.receive(message.socket, message.message, time.monotonic())

    def _closed(self, hub: HubConnection, message: control.Closed) -> None:
        hub.sockets.discard(message.socket)
        self._rooms.close(message.socket, message.silent, time.monotonic())

    def _ack(self, hub: HubConnection, message: control.Ack) -> None:
        if not hub.observes:
            self._news.ack(message.number)
            self._end_if_acknowledged()

    def _detach(self, hub: HubConnection, message: control.Detach) -> None:
        if self._hubs.recording == (hub,):
            self._patience = DETACHED

    def _end(self, hub: HubConnection, message: control.End) -> None:
        if not hub.observes:
            self.end()

    def _greet_again(self, hub: HubConnection, message: control.Greet) -> None:
        raise MalformedMessage("it greets twice")


_HANDLERS: dict[type[control.HubMessage], Callable[[RelayProcess, HubConnection, Any], None]] = {
    control.Greet: RelayProcess._greet_again,
    control.Opened: RelayProcess._opened,
    control.BrowserMessage: RelayProcess._browser_message,
    control.Closed: RelayProcess._closed,
    control.Remove: lambda process, hub, it: process._rooms.remove(it.call, it.person, it.why, time.monotonic()),
    control.Release: lambda process, hub, it: process._rooms.release(it.call, it.at, time.monotonic()),
    control.Ack: RelayProcess._ack,
    control.Drain: lambda process, hub, message: process.drain(),
    control.Detach: RelayProcess._detach,
    control.End: RelayProcess._end,
}
