"""The hub's connection to a relay process of another machine, through that machine's door.

It is made again until `close`: whether the process is lost is not judged here, and nothing there is ended from here.
"""

import asyncio
import logging
import time
from contextlib import suppress

from signaling.codec import MalformedMessage
from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import RelayAddress
from signaling.hub.greeting import SILENT_FOR, connect, read_greeting
from signaling.hub.serving_relay import Listener, post_to
from signaling.hub.silence import heard_within
from signaling.protocol import control

log = logging.getLogger(__name__)

AGAIN_AFTER = 0.2
# A machine that has just come is not known at once.
SAY_AFTER = 5


class RemoteRelay:
    """`relay` names the life of the process at `address`; another life has another connection."""

    owned = False

    def __init__(self, address: RelayAddress, identity: MachineIdentity, listener: Listener) -> None:
        self.address = address
        self.relay = address.relay
        self.ready = asyncio.Event()
        self.peers = 0
        self.beat = control.Heartbeat(0, 0)
        self.draining = False
        self._identity = identity
        self._listener = listener
        self._writer: asyncio.StreamWriter | None = None
        self._running = asyncio.create_task(self._run())
        # How often there was no connection since the last one.
        self._failures = 0

    @property
    def up(self) -> bool:
        """Whether the relay process serves calls now."""
        return self.ready.is_set()

    def post(self, message: control.HubMessage) -> None:
        """Send a message, if connected."""
        if self._writer is not None:
            post_to(self._writer, message)

    async def close(self) -> None:
        """It is lost, or this hub ends: no browser is served there any more."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        self._listener.lost(self, time.time())

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except (OSError, TimeoutError, ValueError, MalformedMessage) as error:
                self._say_away(error)
            except Exception:
                log.exception("the connection to relay %s failed; it is made again", self.relay)
            await asyncio.sleep(AGAIN_AFTER)

    async def _serve(self) -> None:
        """Connect, and take what it says until it hangs up or falls silent."""
        reader, self._writer = await connect(self.address, self._identity)
        try:
            async with heard_within(SILENT_FOR) as limit:
                await self._read(reader, limit)
        finally:
            self._writer.transport.abort()
            self._writer = None
            self.ready.clear()
            self._listener.disconnected(self)

    async def _read(self, reader: asyncio.StreamReader, limit: asyncio.Timeout) -> None:
        await read_greeting(reader, self.address)
        self.peers, self.draining = 0, False
        while line := await reader.readline():
            limit.reschedule(asyncio.get_running_loop().time() + SILENT_FOR)
            self._receive(control.parse_relay(line))

    def _receive(self, message: control.RelayMessage) -> None:
        if isinstance(message, control.Heartbeat):
            self.peers, self.beat = message.peers, message
        elif isinstance(message, control.Draining):
            self.draining = True
        elif isinstance(message, control.Ready):
            self._failures = 0
            self.ready.set()
            log.info("relay %s of %s:%d is connected", self.relay, self.address.host, self.address.port)
        self._listener.receive(self, message)

    def _say_away(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == SAY_AFTER:
            reason = error or type(error).__name__
            log.warning("relay %s of %s:%d is away: %s", self.relay, self.address.host, self.address.port, reason)
