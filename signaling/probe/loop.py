"""A loop through a running relay by one of its addresses alone: packets sent at one end, counted at the other.

Both ends enter over the same door as browsers: WebSockets at `address`, with `loop`, `end` and `relay` in the query.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp

from signaling.probe.offer import Answer, BadAnswer, Way, read_answer
from signaling.probe.peer import Leg
from signaling.probe.transport import Wire, open_wire
from signaling.protocol import messages

PACKETS = 20
EVERY = 0.02
WITHIN = 6.0
LAST_WITHIN = 1.0
ANSWERED_WITHIN = 10.0
AT_ONCE = 8
NOT_FOUND = 404


class NotLetIn(Exception):
    """The server did not give a seat; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a loop's ends enter. `session` carries an admin's cookie; `origin` is the pages' own."""

    session: aiohttp.ClientSession
    address: str
    origin: str


@dataclass(frozen=True, slots=True)
class Measured:
    """`sent` packets went by this way, `received` of them came back; `milliseconds` is the relay's round trip."""

    way: Way
    sent: int
    received: int
    milliseconds: float | None


async def measure(door: Door) -> tuple[Measured, ...]:
    """Every announced address of every relay, in their order. Raises NotLetIn, aiohttp.ClientError, TimeoutError."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(relay: int, way: Way) -> Measured:
        async with turns:
            return await try_way(door, relay, way)

    return tuple(await asyncio.gather(*(in_turn(relay, way) for relay, way in await _list_ways(door))))


async def try_way(door: Door, relay: int, way: Way) -> Measured:
    """One loop; what does not answer within WITHIN seconds is measured as nothing received."""
    loop, legs = secrets.token_hex(8), (Leg(), Leg())
    async with AsyncExitStack() as stack:
        for leg, end in zip(legs, ("sender", "receiver"), strict=True):
            leg.take(await stack.enter_async_context(_entered(door, relay, loop, end, leg.offer)))
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(WITHIN):
                await _run(legs, way, stack)
    took = None if legs[0].round_trip is None else legs[0].round_trip * 1000
    return Measured(way, legs[0].sent, min(legs[1].received, legs[0].sent), took)


async def _run(legs: Sequence[Leg], way: Way, stack: AsyncExitStack) -> None:
    clock = asyncio.get_running_loop().time
    wires: list[Wire] = []
    for leg in legs:
        wires.append(await open_wire(way, lambda datagram, leg=leg: leg.receive(datagram, clock())))  # type: ignore[misc]  # a lambda's default
        stack.callback(wires[-1].close)
    sender, receiver = legs
    last = 0.0
    while sender.sent < PACKETS or (receiver.received < PACKETS and clock() < last + LAST_WITHIN):
        for leg, wire in zip(legs, wires, strict=True):
            for datagram in leg.outgoing(clock()):
                wire.send(datagram)
        if sender.connected and receiver.connected and sender.sent < PACKETS:
            wires[0].send(sender.packet())
            last = clock()
        await asyncio.sleep(EVERY)


async def _list_ways(door: Door) -> list[tuple[int, Way]]:
    found: list[tuple[int, Way]] = []
    relay = 0
    while True:
        try:
            async with _entered(door, relay, secrets.token_hex(8), "receiver", Leg().offer) as answer:
                found += [(relay, way) for way in answer.ways]
        except aiohttp.WSServerHandshakeError as refusal:
            # There is no relay of this number.
            if refusal.status == NOT_FOUND and relay > 0:
                return found
            raise
        relay += 1


@asynccontextmanager
async def _entered(door: Door, relay: int, loop: str, end: str, offer: str) -> AsyncIterator[Answer]:
    """A seat for as long as the block lasts; the answer to the offer."""
    query = {"loop": loop, "end": end, "relay": str(relay)}
    async with door.session.ws_connect(door.address, params=query, origin=door.origin) as socket:
        await socket.send_str(messages.encode(messages.Hello(messages.VERSION)))
        await socket.send_str(messages.encode(messages.Enter(offer, True, False)))
        async with asyncio.timeout(ANSWERED_WITHIN):
            answer = await _answer(socket)
        try:
            yield answer
        finally:
            await socket.send_str(messages.encode(messages.Leave()))


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> Answer:
    async for frame in socket:
        message = frame.json() if frame.type is aiohttp.WSMsgType.TEXT else {}
        if message.get("type") == "entered":
            try:
                return read_answer(message["answer"])
            except BadAnswer as error:
                raise NotLetIn(str(error)) from error
        if message.get("type") == "error":
            raise NotLetIn(message["text"])
    raise NotLetIn("The server closed the connection.")
