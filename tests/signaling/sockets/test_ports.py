import asyncio
import socket

import pytest

from signaling.packet import Address, Packet
from signaling.sockets.ports import Ports
from signaling.sockets.tcp import TcpPort
from signaling.sockets.udp import UdpPort
from tests.cast import until
from tests.signaling.sockets.test_tcp import Client


async def test_udp_and_tcp_come_in_under_one_number_and_go_out_as_they_came() -> None:
    ports = Ports("127.0.0.1", 0)
    got: list[tuple[bytes, Address]] = []
    lost: list[Address] = []

    def receive(packet: Packet, source: Address, now: float) -> None:
        got.append((bytes(packet), source))

    def drained() -> None:
        if len(got) == 2:
            ports.send([(Packet(datagram + b"!"), source) for datagram, source in got])

    ports.start(receive, drained, lost.append)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as by_udp:
        by_udp.connect(("127.0.0.1", ports.port))
        by_udp.setblocking(False)
        by_tcp = await Client.dial(ports.port)
        by_udp.send(b"udp")
        await until(lambda: len(got) == 1)
        by_tcp.say(b"tcp")
        assert await by_tcp.hear() == b"tcp!"
        assert await asyncio.get_running_loop().sock_recv(by_udp, 100) == b"udp!"
    assert [source[0] for _, source in got] == ["udp", "tcp"]
    by_tcp.writer.close()
    await until(lambda: lost == [by_tcp.address])
    assert set(ports.counters.values()) == {0}
    assert (ports.traffic.received, ports.traffic.sent) == (2, 2)
    mean, longest = ports.traffic.take_delays()
    assert 0 < mean <= longest
    ports.close()


@pytest.mark.parametrize("kind", [UdpPort, TcpPort])
async def test_a_number_that_either_has_taken_is_refused(kind: type[UdpPort] | type[TcpPort]) -> None:
    taken = kind("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        Ports("127.0.0.1", taken.port)
    taken.close()
