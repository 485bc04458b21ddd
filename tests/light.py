"""People in calls without a browser: they enter as the page does, and send and count packets of sound.

Light enough for dozens of calls on one machine. A socket that the relay's end closed is opened again at once.
"""

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from signaling.probe.offer import read_answer
from signaling.probe.peer import ProbePeer
from signaling.probe.transport import ProbeTransport, open_transport
from signaling.protocol import messages

EVERY = 0.04


class Person:
    """Someone behind `url`, who sends these `headers`. `sockets` counts those that were greeted. `sent` and `received`
    count packets over all connections; `back_at` is when the first came on the present one, monotonic seconds, None
    until then; `entered_at` is when they entered first. The end of the session is the end of the person."""

    def __init__(
        self, session: ClientSession, url: str, transport: str = "udp", headers: Mapping[str, str] | None = None
    ) -> None:
        self.sent = self.received = self.entered = self.sockets = 0
        self._headers = headers
        self.entered_at: float | None = None
        self.back_at: float | None = None
        self.speaks = True
        self._session = session
        self._url = url
        self._transport = transport
        self._peer = ""
        self._slots = 1
        self._probe = ProbePeer()
        self._wire: ProbeTransport | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._living: asyncio.Task[None] | None = None
        self._heard = ""

    def come(self) -> None:
        """Enter, and come back whenever the relay is lost, until `leave`."""
        self._living = asyncio.create_task(self._live())

    @property
    def state(self) -> str:
        """What became of this person, for those who wait in vain. Raises what ended them."""
        if self._living is not None and self._living.done():
            self._living.result()
        return (
            f"{self._url}: {self.sockets} sockets, {self.entered} entered, heard last {self._heard!r}, "
            f"media {'up' if self._probe.connected else 'not up'}, {self.received} packets"
        )

    async def leave(self) -> None:
        """Give the seat up."""
        assert self._socket
        await self._say(self._socket, type="leave")
        await self.living()

    async def living(self) -> None:
        """Wait until they do not come back: they left, or the call is over for them."""
        assert self._living
        await self._living

    def beat(self) -> None:
        """Send what is due; to be called every EVERY seconds."""
        self._flush()
        if self._probe.connected and self._wire is not None and self.speaks:
            self._wire.send(self._probe.packet())
            self.sent += 1

    async def _live(self) -> None:
        code: int | None = None
        while code != messages.ENDED and not self._session.closed:
            # As long as nobody answers, it is tried again, as the page does.
            with suppress(ClientError):
                async with self._session.ws_connect(self._url, headers=self._headers) as socket:
                    self._socket = socket
                    await self._converse(socket)
                    code = socket.close_code
                continue
            await asyncio.sleep(EVERY)
        self._hang_up()

    async def _converse(self, socket: ClientWebSocketResponse) -> None:
        await self._say(socket, type="hello", version=messages.VERSION)
        async for frame in socket:
            assert frame.type is WSMsgType.TEXT
            message = json.loads(frame.data)
            self._heard = message["type"]
            if message["type"] == "hello":
                self.sockets += 1
                self._slots = message["slots"]
            if message["type"] == "hello" and self._peer:
                await self._say(socket, type="resume", peer=self._peer)
            elif message["type"] == "hello" or message.get("code") == "unknown_peer":
                self._hang_up()
                await self._say(socket, type="enter", offer=self._probe.offer, microphone=True, camera=False)
            elif message["type"] == "entered":
                await self._enter(message["peer"], message["answer"])
            assert message["type"] != "error" or message["code"] == "unknown_peer", message

    async def _enter(self, peer: str, sdp: str) -> None:
        self._peer = peer
        self.entered += 1
        self.entered_at = self.entered_at or time.monotonic()
        answer, probe = read_answer(sdp), self._probe
        [candidate] = [
            candidate
            for candidate in answer.candidates
            if (candidate.transport, candidate.ip) == (self._transport, "127.0.0.1")
        ]
        probe.start(answer)
        self._wire = await open_transport(candidate, lambda datagram: self._hear(probe, datagram))
        self._flush()

    def _hear(self, probe: ProbePeer, datagram: bytes) -> None:
        before = probe.received
        probe.receive(datagram, time.monotonic())
        if probe.received > before:
            self.received += 1
            self.back_at = self.back_at or time.monotonic()
        elif not probe.connected and probe is self._probe:
            self._flush()

    def _flush(self) -> None:
        if self._wire is not None:
            for datagram in self._probe.outgoing(time.monotonic()):
                self._wire.send(datagram)

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire, self._probe, self.back_at = None, ProbePeer(self._slots), None

    @staticmethod
    async def _say(socket: ClientWebSocketResponse, **fields: object) -> None:
        with suppress(ConnectionError):
            await socket.send_str(json.dumps(fields))


async def beat(people: Iterable[Person]) -> None:
    """Let all of them send until cancelled; `people` may change meanwhile."""
    while True:
        for person in list(people):
            person.beat()
        await asyncio.sleep(EVERY)
