"""Datagrams to a real port and back, by UDP and in frames by TCP."""

import asyncio

import pytest

from signaling.packet import Address, Packet
from signaling.probe.transport import open_transport
from signaling.relay.sdp.answer import Candidate
from signaling.sockets.ports import Ports
from tests.cast import until


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_what_is_sent_comes_back(transport: str) -> None:
    ports = Ports("127.0.0.1", 0)
    came: list[tuple[Packet, Address]] = []

    def echo() -> None:
        ports.send(came)
        came.clear()

    ports.start(lambda packet, source, now: came.append((packet, source)), echo, lambda address: None)
    heard: list[bytes] = []
    opened = await open_transport(Candidate(transport, "127.0.0.1", ports.port), heard.append)
    for datagram in (b"one", b"2" * 1200):
        opened.send(datagram)
        await until(lambda datagram=datagram: heard[-1:] == [datagram])  # type: ignore[misc]  # a lambda's default
    opened.close()
    opened.send(b"after it was closed")
    ports.close()


async def test_a_stream_that_is_none_of_frames_is_closed() -> None:
    closed = asyncio.Event()

    async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\xff" * 100)
        assert await reader.read() == b""
        writer.close()
        closed.set()

    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    heard: list[bytes] = []
    await open_transport(Candidate("tcp", "127.0.0.1", server.sockets[0].getsockname()[1]), heard.append)
    await asyncio.wait_for(closed.wait(), 10)
    assert heard == []
    server.close()


async def test_nobody_there_is_an_error() -> None:
    with pytest.raises(OSError, match="Connect call failed"):
        await open_transport(Candidate("tcp", "127.0.0.1", 9), bytes)
