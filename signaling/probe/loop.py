"""A loop through a running relay by one of its candidates alone: one client sends packets, another counts them.

Both clients enter as browsers do: by WebSockets at `address`, with `loop`, `end` and `relay` in the query.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp

from signaling.probe.offer import BadAnswer, ProbeAnswer, read_answer
from signaling.probe.peer import ProbePeer
from signaling.probe.transport import ProbeTransport, open_transport
from signaling.protocol import messages
from signaling.relay.sdp.answer import Candidate

PACKETS = 20
INTERVAL = 0.02
LOOP_SECONDS = 6.0
LAST_PACKET_SECONDS = 1.0
ANSWER_SECONDS = 10.0
PARALLEL_LOOPS = 8
NOT_FOUND = 404


class EntryRefused(Exception):
    """The server did not give a seat; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the clients enter. `session` carries an admin's cookie; `origin` is that of the pages."""

    session: aiohttp.ClientSession
    address: str
    origin: str


@dataclass(frozen=True, slots=True)
class LoopMeasurement:
    """Of `sent` packets by this candidate, `received` came back; `milliseconds` is the round trip to the relay."""

    candidate: Candidate
    sent: int
    received: int
    milliseconds: float | None


async def measure(endpoint: Endpoint) -> tuple[LoopMeasurement, ...]:
    """All candidates of all relays, in their order. Raises EntryRefused, aiohttp.ClientError, TimeoutError."""
    running = asyncio.Semaphore(PARALLEL_LOOPS)

    async def measure_one(relay: int, candidate: Candidate) -> LoopMeasurement:
        async with running:
            return await measure_candidate(endpoint, relay, candidate)

    candidates = await _list_candidates(endpoint)
    return tuple(await asyncio.gather(*(measure_one(relay, candidate) for relay, candidate in candidates)))


async def measure_candidate(endpoint: Endpoint, relay: int, candidate: Candidate) -> LoopMeasurement:
    """One loop. Without a connection within LOOP_SECONDS, nothing is received."""
    loop, peers = secrets.token_hex(8), (ProbePeer(), ProbePeer())
    async with AsyncExitStack() as stack:
        for peer, end in zip(peers, ("sender", "receiver"), strict=True):
            peer.start(await stack.enter_async_context(_enter(endpoint, relay, loop, end, peer.offer)))
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(LOOP_SECONDS):
                await _run(peers, candidate, stack)
    sender, receiver = peers
    milliseconds = None if sender.round_trip is None else sender.round_trip * 1000
    return LoopMeasurement(candidate, sender.sent, min(receiver.received, sender.sent), milliseconds)


async def _run(peers: Sequence[ProbePeer], candidate: Candidate, stack: AsyncExitStack) -> None:
    clock = asyncio.get_running_loop().time
    transports: list[ProbeTransport] = []
    for peer in peers:
        transports.append(await open_transport(candidate, lambda datagram, peer=peer: peer.receive(datagram, clock())))  # type: ignore[misc]  # a lambda's default
        stack.callback(transports[-1].close)
    sender, receiver = peers
    last = 0.0
    while sender.sent < PACKETS or (receiver.received < PACKETS and clock() < last + LAST_PACKET_SECONDS):
        for peer, transport in zip(peers, transports, strict=True):
            for datagram in peer.outgoing(clock()):
                transport.send(datagram)
        if sender.connected and receiver.connected and sender.sent < PACKETS:
            transports[0].send(sender.packet())
            last = clock()
        await asyncio.sleep(INTERVAL)


async def _list_candidates(endpoint: Endpoint) -> list[tuple[int, Candidate]]:
    found: list[tuple[int, Candidate]] = []
    relay = 0
    while True:
        try:
            async with _enter(endpoint, relay, secrets.token_hex(8), "receiver", ProbePeer().offer) as answer:
                found += [(relay, candidate) for candidate in answer.candidates]
        except aiohttp.WSServerHandshakeError as refusal:
            # There is no relay with this number.
            if refusal.status == NOT_FOUND and relay > 0:
                return found
            raise
        relay += 1


@asynccontextmanager
async def _enter(endpoint: Endpoint, relay: int, loop: str, end: str, offer: str) -> AsyncIterator[ProbeAnswer]:
    """Take a seat for as long as the block lasts; yields the answer to the offer."""
    query = {"loop": loop, "end": end, "relay": str(relay)}
    async with endpoint.session.ws_connect(endpoint.address, params=query, origin=endpoint.origin) as socket:
        await socket.send_str(messages.encode(messages.Hello(messages.VERSION)))
        await socket.send_str(messages.encode(messages.Enter(offer, True, False)))
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await _receive_answer(socket)
        try:
            yield answer
        finally:
            await socket.send_str(messages.encode(messages.Leave()))


async def _receive_answer(socket: aiohttp.ClientWebSocketResponse) -> ProbeAnswer:
    async for frame in socket:
        message = frame.json() if frame.type is aiohttp.WSMsgType.TEXT else {}
        if message.get("type") == "entered":
            try:
                return read_answer(message["answer"])
            except BadAnswer as error:
                raise EntryRefused(str(error)) from error
        if message.get("type") == "error":
            raise EntryRefused(message["text"])
    raise EntryRefused("The server closed the connection.")
