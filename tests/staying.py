"""Somebody who stays in a call whatever happens, as a browser does: a socket that closes is opened again, also at
another machine, and what cannot be resumed is entered again."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import cycle, pairwise

import aiohttp

from signaling.probe.offer import read_answer
from signaling.probe.peer import ProbePeer
from signaling.probe.transport import ProbeTransport, open_transport
from signaling.protocol import messages
from tests.talkers import CHECK_EVERY_S, EVERY_S, SLOTS

CONNECTS_WITHIN_S = 2.0
ANSWERS_WITHIN_S = 3.0
PING_EVERY_S = 1.0
AGAIN_AFTER_S = 0.1


class Staying:
    """`bases` are the addresses of the machines, tried in turn. `heard` has the time (the loop's clock) of each packet
    of the other's; `port` is that of the relay process. `make_peer` makes each of their connections, with room for so
    many others."""

    def __init__(
        self, bases: Sequence[str], booking_id: int, token: str, make_peer: Callable[[int], ProbePeer] = ProbePeer
    ) -> None:
        self._make_peer = make_peer
        self.heard: list[float] = []
        self.sent = 0
        self.port: tuple[str, int] | None = None
        self.entered = self.resumed = 0
        # Why the call is over for them, once it is.
        self.ended = ""
        self._bases = cycle(bases)
        self._base = next(self._bases)
        self._path = f"/calls/{booking_id}/socket"
        self._headers = {"Cookie": f"fireside={token}"}
        self._clock = asyncio.get_running_loop().time
        self._peer: ProbePeer | None = None
        self._name = ""
        self._wire: ProbeTransport | None = None
        self._leaving = asyncio.Event()
        self._tasks = [asyncio.create_task(self._stay()), asyncio.create_task(self._talk())]

    def silence(self, since: float, until: float) -> float:
        """The longest time without any packet of the other's between these two."""
        times = [since, *(at for at in self.heard if since < at < until), until]
        return max(later - earlier for earlier, later in pairwise(times))

    async def leave(self) -> None:
        """Says that it leaves, and ends when that is answered."""
        self._leaving.set()
        await asyncio.wait_for(self._tasks[0], 60)
        await self.end()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._wire is not None:
            self._wire.close()

    async def _stay(self) -> None:
        async with aiohttp.ClientSession(headers=self._headers) as session:
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError):
                    async with asyncio.timeout(CONNECTS_WITHIN_S):
                        socket = await session.ws_connect(f"{self._base}{self._path}", origin=self._base)
                    try:
                        if await self._follow(socket):
                            return
                        # It was closed properly: the same machine can be asked again.
                        continue
                    finally:
                        # A machine that does not answer must not keep it waiting.
                        with suppress(TimeoutError):
                            async with asyncio.timeout(0.1):
                                await socket.close()
                self._base = next(self._bases)
                await asyncio.sleep(AGAIN_AFTER_S)

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Whether the call is over, and not the socket only. Raises TimeoutError when nothing is answered."""
        await socket.send_str(messages.encode(messages.Hello(messages.VERSION)))
        await self._enter_or_resume(socket)
        leaving = asyncio.create_task(self._leave(socket))
        pinging = asyncio.create_task(_ping(socket))
        try:
            while True:
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    frame = await socket.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    return False
                message = json.loads(frame.data)
                if message["type"] == "ended":
                    self.ended = message["why"]
                    return True
                await self._take(socket, message)
        finally:
            leaving.cancel()
            pinging.cancel()

    async def _leave(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await self._leaving.wait()
        with suppress(aiohttp.ClientError, OSError):
            await socket.send_str(messages.encode(messages.Leave()))

    async def _enter_or_resume(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self._name:
            await socket.send_str(messages.encode(messages.Resume(self._name)))
        else:
            self._peer = self._make_peer(SLOTS)
            await socket.send_str(messages.encode(messages.Enter(self._peer.offer, True, False)))

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, message: dict[str, str]) -> None:
        kind = message["type"]
        if kind == "entered" and self._peer is not None:
            self._name = message["peer"]
            answer = read_answer(message["answer"])
            candidate = next(each for each in reversed(answer.candidates) if each.transport == "udp")
            if self._wire is not None:
                self._wire.close()
            self._peer.start(answer)
            self._wire = await open_transport(candidate, self._hear)
            self.port = candidate.ip, candidate.port
            self.entered += 1
        elif kind == "resumed":
            self.resumed += 1
        elif kind == "error":
            assert message["code"] == "unknown_peer", message
            self._name = ""
            await self._enter_or_resume(socket)

    def _hear(self, datagram: bytes) -> None:
        if self._peer is not None:
            before, now = self._peer.received, self._clock()
            self._peer.receive(datagram, now)
            if self._peer.received > before:
                self.heard.append(now)

    async def _talk(self) -> None:
        renewed = self._clock()
        while True:
            peer, wire, now = self._peer, self._wire, self._clock()
            if peer is not None and wire is not None:
                with suppress(OSError):
                    for datagram in peer.outgoing(now):
                        wire.send(datagram)
                    if peer.connected:
                        wire.send(peer.packet())
                        self.sent += 1
                        if now > renewed + CHECK_EVERY_S:
                            renewed, peer.round_trip = now, None
            await asyncio.sleep(EVERY_S)


async def _ping(socket: aiohttp.ClientWebSocketResponse) -> None:
    with suppress(aiohttp.ClientError, OSError):
        while True:
            await asyncio.sleep(PING_EVERY_S)
            await socket.send_str(messages.encode(messages.Ping(1)))
