"""Batches: nothing is lost or mixed up between families, addresses and full batches."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from signaling.packet import Address, Packet
from signaling.sockets import batch
from signaling.sockets.batch import BatchPort


class Echo:
    """Sends everything back when the batch ends, as the relay does."""

    def __init__(self, port: BatchPort) -> None:
        self.port = port
        self.waiting: list[tuple[Packet, Address]] = []
        self.most = 0
        self.count = 0
        port.start(self.receive, self.drained)

    def receive(self, packet: Packet, source: Address, now: float) -> None:
        packet.data[0] ^= 0xFF
        self.waiting.append((packet, source))
        self.count += 1

    def drained(self) -> None:
        self.most = max(self.most, len(self.waiting))
        self.port.send(self.waiting)
        self.waiting.clear()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    port = BatchPort("::", 0)
    yield Echo(port)
    port.close()


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not reached():  # noqa: ASYNC110  # it is the system that is waited for
            await asyncio.sleep(0.001)


def client(ip: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
    opened.connect((ip, port))
    opened.settimeout(5)
    return opened


async def test_each_gets_its_own_back_from_full_batches(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    # Fewer addresses are remembered than there are clients.
    monkeypatch.setattr(batch, "MAX_ADDRESSES", 7)
    clients = [client(("127.0.0.1", "::1")[index % 2], echo.port.port) for index in range(40)]
    for number in range(5):
        for index, each in enumerate(clients):
            each.send(bytes([0, index, number]))
    await until(lambda: echo.count == 200)
    for index, each in enumerate(clients):
        assert [each.recv(100) for _ in range(5)] == [bytes([0xFF, index, number]) for number in range(5)]
        each.close()
    assert echo.most > 16
    assert not any(echo.port.counters.values())


async def test_a_full_system_drops_and_counts(echo: Echo) -> None:
    with client("127.0.0.1", echo.port.port) as browser:
        back: Address = ("udp", "127.0.0.1", browser.getsockname()[1])
        refused: Address = ("udp", "255.255.255.255", 9)
        kept = [(Packet(bytes([number])), refused if number % 3 == 0 else back) for number in range(130)]
        echo.port.send(kept)
        got = [browser.recv(10)[0] for _ in range(86)]
        assert got == [number for number in range(130) if number % 3]
    assert echo.port.counters["send_failed"] == 44
