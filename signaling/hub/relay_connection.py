"""The hub's connection to one relay process: connects, greets, reads, and notices when that process is lost."""

import asyncio
import logging
import time
from contextlib import suppress

from signaling.codec import MalformedMessage
from signaling.hub.process import wait_for_end
from signaling.hub.serving_relay import Listener, post_to
from signaling.hub.silence import heard_within
from signaling.hub.supervisor import RelayLink, Supervisor
from signaling.protocol import control

log = logging.getLogger(__name__)

# A relay process sends a heartbeat every second. It also has this long to become ready.
SILENT_FOR = 10.0
ENDS_WITHIN = 6.0
ENDS_AFTER_HANGING_UP = 1.0
# A relay process that hangs up on us so often in so many seconds, though it lives, is replaced.
MOST_HANG_UPS = 3
HANG_UPS_WITHIN = 60.0
AGAIN_AFTER = 1.0


class RelayConnection:
    """`relay` names the life of the relay process on the other end; it is empty while none is known.

    `pid` is its process id as the kernel gives it, 0 when it gives none; `beat` is its latest heartbeat, and `beat_at`
    when that came (time.monotonic), or when it became ready.
    `known`: whether it was heard since the start what goes on in the relay process, or that there is none.
    """

    owned = True

    def __init__(self, supervisor: Supervisor, listener: Listener) -> None:
        self.ready = asyncio.Event()
        self.known = False
        self.relay = ""
        self.pid = self.port = 0
        self.peers = 0
        self.beat = control.Heartbeat(0, 0)
        self.beat_at = float("-inf")
        self.draining = False
        self.talking: frozenset[str] = frozenset()
        # The version of the protocol that is spoken with it, and whether it asked for another one than was tried.
        self.speaks, self._greets_anew = control.VERSION, False
        self.path = supervisor.path
        self._supervisor = supervisor
        self._listener = listener
        self._writer: asyncio.StreamWriter | None = None
        self._limit: asyncio.Timeout | None = None
        # By when the relay process must be ready or, asked to end, have ended; seconds of the loop's clock.
        self._must_by: float | None = None
        self._asked_to_end = False
        self._fell_silent = 0.0
        self._hang_ups: list[float] = []
        self._ending = False
        # Cleared while another hub looks after the relay process.
        self._ours = asyncio.Event()
        self._ours.set()

    @property
    def up(self) -> bool:
        """Whether the relay process serves calls now."""
        return self.ready.is_set()

    @property
    def started_here(self) -> bool:
        """Whether the relay process was started by this hub, and not adopted."""
        return self._supervisor.started

    async def run(self) -> None:
        """Keep a relay process connected until `end`; the listener takes what it says."""
        while not self._ending:
            try:
                await self._keep_connected()
            except Exception:
                # Such as an OSError, when there is no memory or descriptor for a process.
                log.exception("the connection to a relay process failed; it is made again")
                await asyncio.sleep(AGAIN_AFTER)

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
        if self._writer is not None and control.is_known_in(self.speaks, message):
            post_to(self._writer, message)

    def yield_relay(self) -> None:
        """Another hub looks after the relay process from now on: it is neither ended nor started again from here."""
        self._ours.clear()

    def take_back(self) -> None:
        """Look after it again, and greet it once more, so that it says what went on."""
        self._ours.set()
        self._hang_ups.clear()
        if self._writer is not None:
            self._writer.transport.abort()

    async def leave(self) -> None:
        """Detach, and leave the calls there running; to be called before `run` is cancelled."""
        self._ours.clear()
        if self._writer is not None:
            self.post(control.Detach())
            with suppress(ConnectionError):
                await self._writer.drain()

    def end(self) -> None:
        """Ask the relay process to end, or kill it after ENDS_WITHIN seconds; `run` returns when it has ended."""
        self._ending = True
        self._ask_to_end()

    async def abandon(self) -> None:
        """End the process that was started here, if it lives; to be called when `run` is over."""
        await self._supervisor.abandon()

    async def _keep_connected(self) -> None:
        while not self._ending:
            await self._ours.wait()
            link = await self._supervisor.dial()
            if link is None:
                self._lose(self._fell_silent)
                link = await self._supervisor.connect()
            await self._serve(link)
            self._fell_silent = time.time()

    def _lose(self, at: float) -> None:
        self.known = True
        if self.relay:
            self.relay = ""
            self._listener.lost(self, at)

    async def _serve(self, link: RelayLink) -> None:
        try:
            replace = await self._converse(link)
            if not (replace or self._greets_anew) and link.process is not None:
                ended = await wait_for_end(link.process, ENDS_AFTER_HANGING_UP)
                replace = self._asked_to_end and not ended
            if replace and self._ours.is_set():
                await self._supervisor.kill(link.process)
        finally:
            if link.process is not None:
                link.process.close()

    async def _converse(self, link: RelayLink) -> bool:
        """Greet and read, until the connection is over; whether the relay process must be replaced."""
        if link.pid != self.pid:
            self.pid, self._hang_ups = link.pid, []
        self._writer, self._asked_to_end, self._greets_anew = link.writer, False, False
        try:
            async with heard_within(SILENT_FOR) as self._limit:
                self._must_by = asyncio.get_running_loop().time() + SILENT_FOR
                await self._read(link.reader)
            return not (self._ending or self._asked_to_end or self._greets_anew) and self._hangs_up_too_often()
        except TimeoutError:
            log.error("relay process %d does not answer", self.pid)
        except (MalformedMessage, ValueError) as error:
            log.error("relay process %d is not understood: %s", self.pid, error)
        except Exception:
            log.exception("what relay process %d says cannot be handled", self.pid)
        finally:
            self._writer = self._limit = None
            self.ready.clear()
            link.writer.close()
            self._listener.disconnected(self)
        return True

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Returns when the relay process has hung up. Raises ValueError or MalformedMessage."""
        self.post(control.Greet(self.speaks))
        with suppress(ConnectionError):
            if line := await reader.readline():
                self._receive_greeting(control.parse_relay(line))
            while line := await reader.readline():
                self._extend_limit()
                self._receive(control.parse_relay(line))

    def _hangs_up_too_often(self) -> bool:
        """Whether it hung up before it was ready, or again and again."""
        now = time.monotonic()
        self._hang_ups = [at for at in self._hang_ups if now - at < HANG_UPS_WITHIN] + [now]
        if self.up and len(self._hang_ups) < MOST_HANG_UPS:
            return False
        log.error("relay process %d hung up", self.pid)
        return True

    def _extend_limit(self) -> None:
        if self._limit is not None:
            limit = asyncio.get_running_loop().time() + SILENT_FOR
            self._limit.reschedule(limit if self._must_by is None else min(limit, self._must_by))

    def _ask_to_end(self) -> None:
        self._asked_to_end, self._must_by = True, asyncio.get_running_loop().time() + ENDS_WITHIN
        self.post(control.End())
        self._extend_limit()

    def _receive_greeting(self, greeting: control.RelayMessage) -> None:
        if not isinstance(greeting, control.Greeting):
            raise MalformedMessage("its first message is no greeting")
        if greeting.version not in control.SPOKEN:
            raise MalformedMessage(f"it speaks version {greeting.version}")
        if greeting.version != self.speaks:
            self.speaks, self._greets_anew = greeting.version, True
            return
        self.port, self.peers, self.draining, self.talking = greeting.port, 0, False, frozenset()
        if greeting.relay != self.relay:
            self._lose(time.time())
            # Nobody can be in one that was just started.
            self.known = self.started_here
        self.relay = greeting.relay
        if greeting.settings != self._supervisor.settings_text:
            self._replace(greeting.port)
        log.info("relay %s, process %d, serves UDP port %d", self.relay, self.pid, self.port)

    def _replace(self, port: int) -> None:
        """An adopted process was started with settings that have changed since; it is at this port."""
        if self._supervisor.may_start_beside(port):
            log.warning("relay process %d has other settings: it is replaced", self.pid)
            self._ask_to_end()
        else:
            self._asked_to_end, self._must_by = True, None

    def _receive(self, message: control.RelayMessage) -> None:
        if isinstance(message, control.Greeting):
            raise MalformedMessage("it greets twice")
        if isinstance(message, control.Heartbeat):
            self.peers, self.beat, self.beat_at = message.peers, message, time.monotonic()
        elif isinstance(message, control.Draining):
            self.draining = True
        elif isinstance(message, control.Talking):
            self.talking = frozenset(message.calls)
        elif isinstance(message, control.Ready):
            if self._asked_to_end:
                return
            self.known, self._must_by, self.beat_at = True, None, time.monotonic()
            self._extend_limit()
            self.ready.set()
        self._listener.receive(self, message)
