import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from signaling.packet import SIZE, Address, Packet
from signaling.sockets.batch import BatchPort
from signaling.sockets.udp import BATCH, UdpPort


class Echo:
    """Counts what arrives and how often the batch ended; sends everything back."""

    def __init__(self, port: UdpPort) -> None:
        self.port = port
        self.got: list[tuple[bytes, Address]] = []
        self.batches: list[int] = []
        self._batch = 0
        self.wanted = asyncio.Event()
        self.enough = 1
        port.start(self.receive, self.drained)

    def receive(self, packet: Packet, source: Address, now: float) -> None:
        assert abs(asyncio.get_running_loop().time() - now) < 1
        self.got.append((bytes(packet), source))
        self._batch += 1
        self.port.send([(packet, source)])
        if len(self.got) >= self.enough:
            self.wanted.set()

    def drained(self) -> None:
        self.batches.append(self._batch)
        self._batch = 0


PORTS = [UdpPort, BatchPort]


@pytest.fixture(params=PORTS)
async def echo(request: pytest.FixtureRequest) -> AsyncIterator[Echo]:
    port = request.param("::", 0)
    yield Echo(port)
    port.close()


def client(address: str) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((address, 0))
    opened.settimeout(5)
    return opened


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_both_families_are_served_on_one_port_number(echo: Echo, address: str) -> None:
    with client(address) as browser:
        browser.sendto(b"check", (address, echo.port.port))
        await echo.wanted.wait()
        assert echo.got == [(b"check", ("udp", address, browser.getsockname()[1], address))]
        assert browser.recvfrom(100)[0] == b"check"
        assert browser.getsockname()[1] != echo.port.port


async def test_answers_leave_from_the_address_that_was_asked(echo: Echo) -> None:
    asked = [("127.0.0.1", echo.port.port), ("127.0.0.2", echo.port.port)]
    echo.enough = 20
    with client("127.0.0.3") as browser:
        here = browser.getsockname()[1]
        for number in range(10):
            for each in asked:
                browser.sendto(bytes([number]), each)
        await echo.wanted.wait()
        answers = [browser.recvfrom(100) for _ in range(20)]
    assert answers == [(bytes([number]), each) for number in range(10) for each in asked]
    assert [source for _, source in echo.got[:2]] == [("udp", "127.0.0.3", here, own) for own, _ in asked]


async def test_where_nobody_asked_the_route_decides(echo: Echo) -> None:
    for address in ("127.0.0.1", "::1"):
        with client(address) as browser:
            echo.port.send([(Packet(b"first"), ("udp", *browser.getsockname()[:2]))])
            assert browser.recvfrom(100)[1][:2] == (address, echo.port.port)


async def test_an_empty_datagram_arrives_and_one_too_large_is_cut(echo: Echo) -> None:
    echo.enough = 2
    with client("127.0.0.1") as browser:
        browser.sendto(b"", ("127.0.0.1", echo.port.port))
        browser.sendto(b"x" * 65507, ("127.0.0.1", echo.port.port))
        await echo.wanted.wait()
    assert [len(data) for data, _ in echo.got] == [0, SIZE]


async def test_a_wake_up_is_bounded(echo: Echo) -> None:
    echo.enough = 3 * BATCH
    with client("127.0.0.1") as browser:
        for _ in range(3 * BATCH):
            browser.sendto(b"x", ("127.0.0.1", echo.port.port))
        await echo.wanted.wait()
    assert max(echo.batches) <= BATCH
    assert sum(echo.batches) == 3 * BATCH


async def test_what_cannot_be_sent_is_counted_and_raises_nothing(echo: Echo) -> None:
    echo.enough = 1
    with client("127.0.0.1") as browser:
        back = ("udp", "127.0.0.1", browser.getsockname()[1])
        echo.port.send([(Packet(b"x"), ("udp", "255.255.255.255", 9)), (Packet(b"after it"), back)])
        assert browser.recv(100) == b"after it"
    assert echo.port.counters == {"send_dropped": 0, "send_failed": 1, "receive_failed": 0}


@pytest.mark.parametrize("kind", PORTS)
async def test_one_address_is_one_family(kind: type[UdpPort]) -> None:
    port = kind("127.0.0.1", 0)
    port.start(lambda packet, source, now: None, lambda: None)
    assert port.families == {socket.AF_INET}
    port.send([(Packet(b"x"), ("udp", "::1", 9))])
    assert port.counters["send_failed"] == 1
    port.close()


async def test_a_taken_port_is_refused(echo: Echo) -> None:
    with pytest.raises(OSError, match="in use"):
        type(echo.port)("::", echo.port.port)
