"""ICE-TCP on real sockets: frames, slow readers (R10), strangers."""

import asyncio
import os
import resource
import socket
import time
from collections.abc import AsyncIterator

import pytest

from signaling.packet import Address, Packet
from signaling.sockets import tcp
from signaling.sockets.frames import FrameDecoder
from signaling.sockets.tcp import TcpPort
from signaling.sockets.udp import BATCH
from tests.cast import until
from tests.signaling.sockets.test_frames import framed


class Answering:
    """Answers what begins with "check", as the relay answers authentic checks, and keeps the rest."""

    def __init__(self, port: TcpPort) -> None:
        self.port = port
        self.got: list[tuple[bytes, Address]] = []
        self.lost: list[Address] = []
        self.batches: list[int] = []
        self._batch = 0
        self._answers: list[tuple[Packet, Address]] = []
        port.start(self.receive, self.drained, self.lost.append)

    def receive(self, packet: Packet, source: Address, now: float) -> None:
        assert abs(asyncio.get_running_loop().time() - now) < 1
        self.got.append((bytes(packet), source))
        self._batch += 1
        if bytes(packet).startswith(b"check"):
            self._answers.append((packet, source))

    def drained(self) -> None:
        self.port.send(self._answers)
        self._answers.clear()
        self.batches.append(self._batch)
        self._batch = 0


class Client:
    """A browser's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.address: Address = ("tcp", *writer.get_extra_info("sockname")[:2])
        self._frames = FrameDecoder()
        self._heard: list[bytes] = []

    @classmethod
    async def dial(cls, port: int, address: str = "127.0.0.1", limit: int = 65536) -> "Client":
        return cls(*await asyncio.open_connection(address, port, limit=limit))

    def say(self, *datagrams: bytes) -> None:
        self.writer.write(framed(datagrams))

    async def hear(self) -> bytes:
        """The next frame."""
        async with asyncio.timeout(10):
            while not self._heard:
                chunk = await self.reader.read(65536)
                assert chunk, "the connection was closed"
                self._heard += [bytes(frame) for frame in self._frames.feed(chunk)]
        return self._heard.pop(0)

    async def is_closed(self) -> bool:
        """Reads until the other side closes; true then."""
        try:
            async with asyncio.timeout(10):
                while await self.reader.read(65536):
                    pass
        except ConnectionError:
            pass
        return True


@pytest.fixture
async def relay() -> AsyncIterator[Answering]:
    answering = Answering(TcpPort("::", 0))
    yield answering
    answering.port.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_both_families_are_served_on_one_port_number(relay: Answering, address: str) -> None:
    client = await Client.dial(relay.port.port, address)
    client.say(b"check", b"media")
    assert await client.hear() == b"check"
    await until(lambda: relay.got == [(b"check", client.address), (b"media", client.address)])
    assert relay.batches == [2], "what came together is drained once"
    client.writer.close()
    await until(lambda: relay.lost == [client.address])
    assert relay.port.connections == 0


async def test_more_frames_than_a_batch_are_answered_each_with_its_own(relay: Answering) -> None:
    """A packet is good until the next is received: what it brought is sent on before."""
    client = await Client.dial(relay.port.port)
    checks = [b"check %d" % number for number in range(3 * BATCH)]
    client.say(*checks)
    assert [await client.hear() for _ in checks] == checks
    assert max(relay.batches) <= BATCH


async def test_frames_may_be_cut_anywhere(relay: Answering) -> None:
    client = await Client.dial(relay.port.port)
    client.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = framed([b"check", b"x" * 300])
    for cut in range(1, len(stream), 7):
        client.writer.write(stream[:cut])
        await until(lambda: True)
        client.writer.write(stream[cut:])
        assert await client.hear() == b"check"
    await until(lambda: len(relay.got) == 2 * len(range(1, len(stream), 7)))
    assert {datagram for datagram, _ in relay.got} == {b"check", b"x" * 300}


async def test_a_frame_too_long_closes_that_connection_alone(relay: Answering) -> None:
    good, bad = [await Client.dial(relay.port.port) for _ in range(2)]
    good.say(b"check 1")
    assert await good.hear() == b"check 1"
    bad.say(b"check", bytes(tcp.CHUNK - 1))
    assert await bad.is_closed()
    good.say(b"check 2")
    assert await good.hear() == b"check 2"
    assert relay.port.counters["tcp_closed"] == 1


async def test_a_slow_reader_loses_whole_frames_and_the_others_none(relay: Answering) -> None:
    """R10: the queue is bounded in bytes and in time, and what arrives are whole frames."""
    slow, quick = [await Client.dial(relay.port.port, limit=4096) for _ in range(2)]
    slow.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for client in (slow, quick):
        client.say(b"check")
        assert await client.hear() == b"check"
    slow.writer.transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's own, on its abstract face
    sent, burst, took = 3000, 20, []
    for first in range(0, sent, burst):
        frames = [number.to_bytes(4, "big") + bytes(1196) for number in range(first, first + burst)]
        began = time.perf_counter()
        relay.port.send([(Packet(frame), client.address) for frame in frames for client in (slow, quick)])
        took.append(time.perf_counter() - began)
        assert [await quick.hear() for _ in frames] == frames
    dropped = relay.port.counters["tcp_send_dropped"]
    held = len(relay.port._connections[slow.address].queue)
    slow.writer.transport.resume_reading()  # type: ignore[attr-defined]  # asyncio's own, on its abstract face
    numbers = [int.from_bytes((await slow.hear())[:4], "big") for _ in range(sent - dropped)]
    print(
        f"slow reader of {sent} frames of 1,200 bytes: {dropped} dropped whole, {held} bytes held at most, "
        f"{sent - dropped} arrived; the other got {sent} of {sent}; a send of {burst} to each took "
        f"{max(took) * 1e6:.0f} us at most"
    )
    assert dropped > sent / 2
    assert held <= tcp.MAX_QUEUED
    assert numbers == sorted(set(numbers))
    relay.port.send([(Packet(b"the end"), slow.address)])
    assert await slow.hear() == b"the end"


async def test_strangers_are_closed_and_the_proven_stay(relay: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROVE_SECONDS", 0.2)
    proven, stranger = [await Client.dial(relay.port.port) for _ in range(2)]
    proven.say(b"check")
    assert await proven.hear() == b"check"
    stranger.say(b"knock")
    assert await stranger.is_closed()
    proven.say(b"check again")
    assert await proven.hear() == b"check again"
    assert relay.lost == [stranger.address]


async def test_a_browser_that_vanished_without_a_word_is_forgotten(
    relay: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one whose call is over and who sends on and on: the relay has no more to say to it."""
    vanished, talking, calling = [await Client.dial(relay.port.port) for _ in range(3)]
    for client in (vanished, talking, calling):
        client.say(b"check")
        assert await client.hear() == b"check"
    monkeypatch.setattr(tcp, "UNUSED_SECONDS", 1.0)

    async def say(client: Client, what: bytes) -> None:
        while True:
            client.say(what)
            await asyncio.sleep(0.1)

    saying = [asyncio.create_task(say(client, what)) for client, what in ((talking, b"junk"), (calling, b"check"))]
    assert all(await asyncio.gather(vanished.is_closed(), talking.is_closed()))
    assert list(relay.port._connections) == [calling.address]
    for task in saying:
        task.cancel()


async def test_one_address_has_few_strangers(relay: Answering) -> None:
    clients = [await Client.dial(relay.port.port) for _ in range(3 * tcp.MAX_UNPROVEN_PER_NETWORK)]
    refused = clients[tcp.MAX_UNPROVEN_PER_NETWORK :]
    assert all(await asyncio.gather(*(client.is_closed() for client in refused)))
    assert relay.port.counters["tcp_refused"] == len(refused)
    elsewhere = await Client.dial(relay.port.port, "::1")
    elsewhere.say(b"check")
    assert await elsewhere.hear() == b"check"


async def test_many_strangers_make_room_for_the_next(relay: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a flood from everywhere the newest is accepted, memory is bounded, and proven connections stay."""
    monkeypatch.setattr(tcp, "MAX_UNPROVEN_PER_NETWORK", 10_000)
    # So few that both ends fit into the descriptors that a process has by default.
    monkeypatch.setattr(tcp, "MAX_UNPROVEN", 64)
    proven = await Client.dial(relay.port.port)
    proven.say(b"check")
    assert await proven.hear() == b"check"
    flood = []
    for _ in range(8):
        flood += await asyncio.gather(*(Client.dial(relay.port.port) for _ in range(30)))
        assert relay.port.connections <= tcp.MAX_UNPROVEN + 1
    newest = await Client.dial(relay.port.port)
    newest.say(b"check")
    assert await newest.hear() == b"check"
    proven.say(b"check")
    assert await proven.hear() == b"check"
    print(f"{len(flood)} strangers: {relay.port.connections} connections are held")
    for client in flood:
        client.writer.close()


async def test_a_connection_reset_is_a_connection_gone(relay: Answering) -> None:
    client = await Client.dial(relay.port.port)
    client.say(b"check")
    assert await client.hear() == b"check"
    opened = client.writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.writer.transport.abort()
    await until(lambda: relay.lost == [client.address])
    relay.port.send([(Packet(b"too late"), client.address)])
    assert relay.port.counters["tcp_send_failed"] == 1


async def test_rubbish_in_floods_raises_nothing(relay: Answering) -> None:
    for _ in range(50):
        client = await Client.dial(relay.port.port)
        client.writer.write(os.urandom(3000))
        client.writer.close()
    await until(lambda: relay.port.connections == 0)


def test_an_ipv6_network_is_counted_as_one() -> None:
    assert tcp._network("2001:db8:1:2::7") == tcp._network("2001:db8:1:2:3:4:5:6") != tcp._network("2001:db8:1:3::7")
    assert tcp._network("192.0.2.1") != tcp._network("192.0.2.2")


def test_descriptors_are_allowed_for_every_connection() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, limits[1]))
        tcp.raise_descriptor_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(tcp.MAX_CONNECTIONS, limits[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
