"""Listening sockets of one port number: both families, one, or none that is free."""

import asyncio
import contextlib
import gc
import os
import resource
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from signaling.packet import Address
from signaling.sockets import listeners
from signaling.sockets.listeners import Listeners
from tests.cast import until


@dataclass
class Taking:
    """Keeps what it is given."""

    listeners: Listeners
    taken: list[socket.socket] = field(default_factory=list)
    sources: list[Address] = field(default_factory=list)
    failures: int = 0

    def take(self, opened: socket.socket, source: Address) -> None:
        self.taken.append(opened)
        self.sources.append(source)

    def fail(self) -> None:
        self.failures += 1


@pytest.fixture
async def taking() -> AsyncIterator[Taking]:
    made = Taking(Listeners("::", 0))
    made.listeners.start(made.take, made.fail)
    yield made
    made.listeners.close()
    for opened in made.taken:
        opened.close()


async def test_both_families_are_listened_on_until_the_end(taking: Taking) -> None:
    assert taking.listeners.families == {socket.AF_INET, socket.AF_INET6}
    for address in ("127.0.0.1", "::1"):
        _, writer = await asyncio.open_connection(address, taking.listeners.port)
        own: Address = ("tcp", address, writer.get_extra_info("sockname")[1])
        await until(lambda own=own: taking.sources[-1:] == [own])
        writer.close()
    taking.listeners.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", taking.listeners.port)


async def test_a_taken_port_is_refused(taking: Taking) -> None:
    with pytest.raises(OSError, match="in use"):
        Listeners("::", taking.listeners.port)


def test_one_address_is_one_family_and_needs_no_loop() -> None:
    made = Listeners("127.0.0.1", 0)
    assert made.families == {socket.AF_INET}
    made.close()


def use_up_descriptors(held: list[int]) -> None:
    with contextlib.suppress(OSError):
        while True:
            held.append(os.open(os.devnull, os.O_RDONLY))


async def test_without_descriptors_it_rests_and_goes_on(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "PAUSE_SECONDS", 0.1)
    # What earlier tests left to be collected would give descriptors back half-way; several callers, should one still.
    gc.collect()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    dialling = [socket.socket() for _ in range(5)]
    held: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (dialling[-1].fileno() + 1, limits[1]))
    try:
        use_up_descriptors(held)
        for each in dialling:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", taking.listeners.port))
        await until(lambda: taking.failures >= 2)
        assert taking.failures < 20, "it pauses between attempts"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in held:
            os.close(descriptor)
    await until(lambda: len(taking.taken) == len(dialling))
    for each in dialling:
        each.close()
