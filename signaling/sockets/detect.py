"""The address under which the world sees this relay, asked of a STUN server from the relay's own port (RFC 8489)."""

import asyncio
import logging
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from aioice import stun

from signaling.packet import Address, Packet
from signaling.sockets.udp import Outgoing, Receive

log = logging.getLogger(__name__)

# Seconds to wait after each sending of one request.
WAITS = (0.25, 0.5, 1.0)
RESOLVED_WITHIN = 2.0
# Often enough to keep the way through an address translator open.
ASK_EVERY = 25.0
_RESPONSE = b"\x01\x01"


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where a datagram of ours seems to come from."""

    ip: str
    port: int


class Detector:
    """Asks `server` (HOST:PORT) by `send`; `found` is told what it answers, whenever that is new."""

    def __init__(
        self,
        server: str,
        families: Collection[socket.AddressFamily],
        send: Callable[[Outgoing], None],
        found: Callable[[tuple[Mapped, ...]], None],
    ) -> None:
        self._server = server
        self._families = families
        self._send = send
        self._found = found
        self._addresses: set[Address] = set()
        self._waiting: dict[bytes, asyncio.Future[Mapped]] = {}
        self._known: tuple[Mapped, ...] = ()

    def before(self, receive: Receive) -> Receive:
        """What takes datagrams in place of `receive`: the server's answers come here, all else goes there."""

        def sort(packet: Packet, source: Address, now: float) -> None:
            if source[:3] in self._addresses and packet.data[:2] == _RESPONSE:
                self._hear(bytes(packet))
            else:
                receive(packet, source, now)

        return sort

    async def ask(self) -> None:
        """Ask once on each address family; returns when all is answered or the time is up, about 4 s at most."""
        answers = await asyncio.gather(*(self._ask(address) for address in await self._resolve()))
        known = tuple(answer for answer in answers if answer is not None)
        if not known:
            log.warning("the STUN server %s did not answer: the addresses known here are announced", self._server)
        elif known != self._known:
            self._known = known
            log.info(
                "the STUN server sees this relay at %s", ", ".join(f"{each.ip} port {each.port}" for each in known)
            )
            self._found(known)

    async def keep_asking(self) -> None:
        """Ask again every ASK_EVERY seconds, until cancelled."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            await self.ask()

    async def _resolve(self) -> list[Address]:
        host, _, port = self._server.rpartition(":")
        found: list[Address] = []
        with suppress(OSError, TimeoutError, UnicodeError):
            async with asyncio.timeout(RESOLVED_WITHIN):
                kind = socket.SOCK_DGRAM
                every = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), int(port), type=kind)
            for family in self._families:
                found += [("udp", str(to[0]), int(to[1])) for of, *_, to in every if of == family][:1]
        self._addresses.update(found)
        return found

    async def _ask(self, server: Address) -> Mapped | None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        answer: asyncio.Future[Mapped] = asyncio.get_running_loop().create_future()
        self._waiting[request.transaction_id] = answer
        try:
            for wait in WAITS:
                self._send([(Packet(bytes(request)), server)])
                await asyncio.wait([answer], timeout=wait)
                if answer.done():
                    return answer.result()
            return None
        finally:
            del self._waiting[request.transaction_id]

    def _hear(self, datagram: bytes) -> None:
        try:
            message = stun.parse_message(datagram)
            ip, port = message.attributes["XOR-MAPPED-ADDRESS"]
        except Exception:
            # aioice raises struct.error, ValueError and KeyError for malformed attributes, and may raise more.
            return
        answer = self._waiting.get(message.transaction_id)
        if answer is not None and not answer.done():
            answer.set_result(Mapped(ip, port))
