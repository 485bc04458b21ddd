"""People in a call who send a packet of sound every 20 ms and note when the other's come: a call without browsers."""

import asyncio
import json
from contextlib import suppress
from itertools import pairwise
from typing import Self

import aiohttp

from server.calls.actions.entering import SEATS
from signaling.probe.offer import read_answer
from signaling.probe.peer import ProbePeer
from signaling.probe.transport import ProbeTransport, open_transport
from signaling.protocol import messages

EVERY_S = 0.02
CHECK_EVERY_S = 2.0

# For the other of the two and for a guest.
SLOTS = SEATS - 1


class Talker:
    """One who entered: `heard` has the time (the loop's clock) of each packet of the other's."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, peer: ProbePeer, session: aiohttp.ClientSession
    ) -> None:
        self.socket = socket
        self.peer = peer
        self.heard: list[float] = []
        self._session = session
        self._clock = asyncio.get_running_loop().time
        self._wire: ProbeTransport | None = None
        self._talking: asyncio.Task[None] | None = None

    @classmethod
    async def enter(cls, base_url: str, booking_id: int, token: str) -> Self:
        """Enters with the cookie of a visit. Raises aiohttp.WSServerHandshakeError where no socket is given."""
        session = aiohttp.ClientSession(headers={"Cookie": f"fireside={token}"})
        try:
            socket = await session.ws_connect(f"{base_url}/calls/{booking_id}/socket", origin=base_url)
            talker = cls(socket, ProbePeer(SLOTS), session)
            await talker._enter()
        except BaseException:
            await session.close()
            raise
        return talker

    async def leave(self) -> None:
        if self._talking is not None:
            self._talking.cancel()
            with suppress(asyncio.CancelledError):
                await self._talking
        if self._wire is not None:
            self._wire.close()
        await self._session.close()

    @property
    def longest_silence(self) -> float:
        """Seconds without any packet of the other's, since the first."""
        return max((later - earlier for earlier, later in pairwise(self.heard)), default=0.0)

    async def _enter(self) -> None:
        await self.socket.send_str(messages.encode(messages.Hello(messages.VERSION)))
        await self.socket.send_str(messages.encode(messages.Enter(self.peer.offer, True, False)))
        async for frame in self.socket:
            message = json.loads(frame.data)
            assert message["type"] != "error", message
            if message["type"] == "entered":
                answer = read_answer(message["answer"])
                break
        self.peer.start(answer)
        candidate = next(each for each in reversed(answer.candidates) if each.transport == "udp")
        self._wire = await open_transport(candidate, self._hear)
        self._talking = asyncio.create_task(self._talk(self._wire))

    def _hear(self, datagram: bytes) -> None:
        before, now = self.peer.received, self._clock()
        self.peer.receive(datagram, now)
        if self.peer.received > before:
            self.heard.append(now)

    async def _talk(self, wire: ProbeTransport) -> None:
        renewed = self._clock()
        while True:
            now = self._clock()
            for datagram in self.peer.outgoing(now):
                wire.send(datagram)
            if self.peer.connected:
                wire.send(self.peer.packet())
                if now > renewed + CHECK_EVERY_S:
                    # As browsers do all along (RFC 7675); the probe's own loops are too short for it.
                    renewed, self.peer.round_trip = now, None
            await asyncio.sleep(EVERY_S)
