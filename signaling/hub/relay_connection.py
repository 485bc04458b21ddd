"""The hub's connection to one relay process: connects, greets, reads, and notices when that process is lost."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from signaling.codec import MalformedMessage
from signaling.hub.supervisor import Streams, Supervisor
from signaling.protocol import control

log = logging.getLogger(__name__)

# A relay process sends a heartbeat every second.
SILENT_FOR = 10.0
ENDS_WITHIN = 6.0
MAX_UNREAD = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listener:
    """Called with what happens on a connection. `lost` gets the unix time at which the relay process fell silent."""

    receive: Callable[["RelayConnection", control.RelayMessage], None]
    disconnected: Callable[["RelayConnection"], None]
    lost: Callable[["RelayConnection", float], None]


class RelayConnection:
    """`relay` names the life of the relay process on the other end; it is empty before the first greeting."""

    def __init__(self, supervisor: Supervisor, listener: Listener) -> None:
        self.ready = asyncio.Event()
        self.relay = ""
        self.pid = 0
        self.port = 0
        self.peers = 0
        self.draining = False
        self._supervisor = supervisor
        self._listener = listener
        self._writer: asyncio.StreamWriter | None = None
        self._ending = False
        self._leaving = False

    @property
    def up(self) -> bool:
        """Whether the relay process serves calls now."""
        return self.ready.is_set()

    async def run(self) -> None:
        """Keep a relay process connected until `end`; the listener takes what it says."""
        streams: Streams | None = await self._supervisor.connect()
        while streams is not None:
            await self._serve(*streams)
            if self._ending:
                return
            fell_silent = time.time()
            streams = await self._supervisor.dial()
            if streams is None:
                self._listener.lost(self, fell_silent)
                streams = await self._supervisor.connect()

    async def started(self) -> None:
        """Returns when the relay process serves calls. Raises TimeoutError when none stays alive."""
        ready, hopeless = (asyncio.create_task(each.wait()) for each in (self.ready, self._supervisor.hopeless))
        try:
            await asyncio.wait((ready, hopeless), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            hopeless.cancel()
        if hopeless.done() and not ready.done():
            raise TimeoutError("relay processes end as soon as they are started")

    def post(self, message: control.HubMessage) -> None:
        """Send a message, if connected."""
        if self._writer is None or self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
            self._writer.transport.abort()
        else:
            self._writer.write(control.encode(message))

    async def leave(self) -> None:
        """Detach, and leave the calls there running; to be called before `run` is cancelled."""
        self._leaving = True
        if self._writer is not None:
            self.post(control.Detach())
            with suppress(ConnectionError):
                await self._writer.drain()

    def end(self) -> None:
        """Ask the relay process to end; `run` returns when it has."""
        self._ending = True
        self.post(control.End())
        asyncio.get_running_loop().call_later(ENDS_WITHIN, self._end_by_force)

    def abandon(self) -> None:
        """End the process that was started here, if it lives; to be called when `run` is over."""
        self._supervisor.abandon()

    def _end_by_force(self) -> None:
        if self._writer is not None:
            self._supervisor.kill(self.pid)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        try:
            self.post(control.Greet(control.VERSION))
            await self._receive_greeting(reader)
            while line := await self._read(reader):
                self._receive(control.parse_relay(line))
        except TimeoutError:
            log.error("relay process %d does not answer", self.pid)
            self._supervisor.kill(self.pid)
        except (MalformedMessage, ValueError, ConnectionError) as error:
            log.error("relay process %d is not understood: %s", self.pid, error)
            self._supervisor.kill(self.pid)
        finally:
            self._writer = None
            self.ready.clear()
            writer.close()
            if not self._leaving:
                self._supervisor.reap()
            self._listener.disconnected(self)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(SILENT_FOR):
            return await reader.readline()

    async def _receive_greeting(self, reader: asyncio.StreamReader) -> None:
        line = await self._read(reader)
        if not line:
            raise ConnectionError("it closed the connection")
        greeting = control.parse_relay(line)
        if not isinstance(greeting, control.Greeting):
            raise MalformedMessage("its first message is no greeting")
        self.pid, self.port = greeting.pid, greeting.port
        if greeting.version != control.VERSION:
            raise MalformedMessage(f"it speaks version {greeting.version}")
        self.draining = False
        if self.relay and greeting.relay != self.relay:
            self._listener.lost(self, time.time())
        self.relay = greeting.relay
        if greeting.settings != self._supervisor.settings_text:
            # An adopted process that was started with settings that have changed since.
            log.warning("relay process %d has other settings: it is replaced", self.pid)
            self.post(control.End())
        log.info("relay %s, process %d, serves UDP port %d", self.relay, self.pid, self.port)

    def _receive(self, message: control.RelayMessage) -> None:
        if isinstance(message, control.Heartbeat):
            self.peers = message.peers
        elif isinstance(message, control.Draining):
            self.draining = True
        self._listener.receive(self, message)
        if isinstance(message, control.Ready):
            self.ready.set()
