"""The public address is detected, with a STUN server on this machine."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator

import pytest

from signaling.packet import Address
from signaling.sockets import detect
from signaling.sockets.detect import Detector, MappedAddress
from signaling.sockets.udp import UdpPort
from tests.cast import until
from tests.signaling.stun_server import StunServer


class Relay:
    """A port with a detector in front of what would be the relay."""

    def __init__(self, server: str, families: frozenset[socket.AddressFamily] | None = None) -> None:
        self.port = UdpPort("::", 0)
        self.found: list[tuple[MappedAddress, ...]] = []
        self.passed: list[tuple[bytes, Address]] = []
        self.detector = Detector(server, families or self.port.families, self.port.send, self.found.append)
        self.port.start(
            self.detector.intercept(lambda data, source, now: self.passed.append((bytes(data), source))), int
        )


@pytest.fixture
async def server() -> AsyncIterator[StunServer]:
    async with StunServer() as server:
        yield server


async def test_it_learns_its_address_from_the_relays_own_port(server: StunServer) -> None:
    relay = Relay(f"127.0.0.1:{server.port}")
    await relay.detector.ask()
    await relay.detector.ask()
    assert relay.found == [(MappedAddress("203.0.113.5", 40000),)], "told once, as it did not change"
    assert relay.passed == []
    relay.port.close()


async def test_both_families_are_asked() -> None:
    async with StunServer(address="::1") as server:
        relay = Relay(f"[::1]:{server.port}")
        await relay.detector.ask()
        assert relay.found == [(MappedAddress("2001:db8::5", 40000),)]
        relay.port.close()


async def test_a_lost_request_is_sent_again() -> None:
    async with StunServer(loses=2) as server:
        relay = Relay(f"127.0.0.1:{server.port}")
        await relay.detector.ask()
        assert relay.found == [(MappedAddress("203.0.113.5", 40000),)]
        assert len(set(server.asked)) == 1
        relay.port.close()


@pytest.mark.parametrize("where", ["silent", "unknown.invalid:3478", "a..b:3478"])
async def test_without_an_answer_it_goes_on_soon(where: str) -> None:
    async with StunServer(answers=False) as server:
        relay = Relay(f"127.0.0.1:{server.port}" if where == "silent" else where)
        began = time.monotonic()
        await relay.detector.ask()
        print(f"{where}: gave up after {time.monotonic() - began:.1f} s")
        assert relay.found == []
        relay.port.close()


async def test_only_the_asked_servers_answer_to_this_very_request_is_taken() -> None:
    async with StunServer(answers=False) as server, StunServer() as stranger:
        relay = Relay(f"127.0.0.1:{server.port}")
        here = ("127.0.0.1", relay.port.port)
        asking = asyncio.create_task(relay.detector.ask())
        await until(lambda: server.asked)
        transaction = server.asked[0][8:20]
        stranger.send(stranger.answer(transaction), here)
        await until(lambda: [source[:3] for _, source in relay.passed] == [("udp", "127.0.0.1", stranger.port)])
        for junk in (
            server.answer(b"another one!"),
            b"\1\1",
            b"\1\1" + os.urandom(40),
            server.answer(transaction)[:-3],
        ):
            server.send(junk, here)
        server.send(b"\x80 not STUN", here)
        await until(lambda: len(relay.passed) == 2)
        assert relay.found == []
        server.send(answer_from(transaction, "198.51.100.9"), here)
        await asking
        assert relay.found == [(MappedAddress("198.51.100.9", 40000),)]
        relay.port.close()


async def test_a_new_address_is_told_and_an_outage_changes_nothing(
    server: StunServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detect, "WAITS", (0.05,))
    relay = Relay(f"127.0.0.1:{server.port}")
    await relay.detector.ask()
    server.answers = False
    await relay.detector.ask()
    assert len(relay.found) == 1
    server.answers = True
    monkeypatch.setattr(server, "answer", lambda transaction: answer_from(transaction, "198.51.100.9"))
    await relay.detector.ask()
    assert relay.found[1:] == [(MappedAddress("198.51.100.9", 40000),)]
    relay.port.close()


def answer_from(transaction: bytes, ip: str) -> bytes:
    attributes = {"XOR-MAPPED-ADDRESS": (ip, 40000)}
    return bytes(detect.stun.Message(detect.stun.Method.BINDING, detect.stun.Class.RESPONSE, transaction, attributes))
