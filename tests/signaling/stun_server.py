"""A STUN server that sees everybody at 203.0.113.5, port 40000 (2001:db8::5 for IPv6)."""

import asyncio
from types import TracebackType
from typing import Self

from aioice import stun


class StunServer(asyncio.DatagramProtocol):
    """Use as an async context manager. `answers` False: it only listens; `loses`: so many requests first."""

    def __init__(self, answers: bool = True, loses: int = 0, address: str = "127.0.0.1") -> None:
        self.answers, self.loses, self.address = answers, loses, address
        self.asked: list[bytes] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        self.asked.append(data)
        if self.answers and len(self.asked) > self.loses:
            self.send(self.answer(stun.parse_message(data).transaction_id), source)

    def answer(self, transaction: bytes) -> bytes:
        seen = ("2001:db8::5" if ":" in self.address else "203.0.113.5", 40000)
        attributes = {"XOR-MAPPED-ADDRESS": seen}
        return bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, transaction, attributes))

    def send(self, data: bytes, to: tuple[str, int]) -> None:
        self._transport.sendto(data, to)
