"""The relay's public address: a STUN server is asked from the relay's own port (RFC 8489)."""

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

# Seconds to wait after each transmission of a request.
WAITS = (0.25, 0.5, 1.0)
RESOLVE_SECONDS = 2.0
# Often enough to keep the mapping of an address translator.
ASK_INTERVAL = 25.0
_RESPONSE = b"\x01\x01"


@dataclass(frozen=True, slots=True)
class MappedAddress:
    """The address from which the STUN server received a request."""

    ip: str
    port: int


class Detector:
    """Asks `server` (HOST:PORT) by `send`; `found` gets its answers whenever they change."""

    def __init__(
        self,
        server: str,
        families: Collection[socket.AddressFamily],
        send: Callable[[Outgoing], None],
        found: Callable[[tuple[MappedAddress, ...]], None],
    ) -> None:
        self._server = server
        self._families = families
        self._send = send
        self._found = found
        self._addresses: set[Address] = set()
        self._waiting: dict[bytes, asyncio.Future[MappedAddress]] = {}
        self._known: tuple[MappedAddress, ...] = ()

    def intercept(self, receive: Receive) -> Receive:
        """A `receive` that takes the server's responses, and passes all other datagrams on to the given one."""

        def receive_or_pass(packet: Packet, source: Address, now: float) -> None:
            if source[:3] in self._addresses and packet.data[:2] == _RESPONSE:
                self._receive_response(bytes(packet))
            else:
                receive(packet, source, now)

        return receive_or_pass

    async def ask(self) -> None:
        """Ask once on each address family; returns when all are answered, or after about 4 s."""
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
        """Ask again every ASK_INTERVAL seconds, until cancelled."""
        while True:
            await asyncio.sleep(ASK_INTERVAL)
            await self.ask()

    async def _resolve(self) -> list[Address]:
        host, _, port = self._server.rpartition(":")
        found: list[Address] = []
        with suppress(OSError, TimeoutError, UnicodeError):
            async with asyncio.timeout(RESOLVE_SECONDS):
                kind = socket.SOCK_DGRAM
                every = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), int(port), type=kind)
            for family in self._families:
                found += [("udp", str(to[0]), int(to[1])) for of, *_, to in every if of == family][:1]
        self._addresses.update(found)
        return found

    async def _ask(self, server: Address) -> MappedAddress | None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        answer: asyncio.Future[MappedAddress] = asyncio.get_running_loop().create_future()
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

    def _receive_response(self, datagram: bytes) -> None:
        try:
            message = stun.parse_message(datagram)
            ip, port = message.attributes["XOR-MAPPED-ADDRESS"]
        except Exception:
            # aioice raises struct.error, ValueError and KeyError for malformed attributes, and may raise more.
            return
        answer = self._waiting.get(message.transaction_id)
        if answer is not None and not answer.done():
            answer.set_result(MappedAddress(ip, port))
