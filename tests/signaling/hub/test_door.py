"""A hub of another machine reaches a relay process through the door, if the door knows it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.hub.certificates import MachineIdentity
from signaling.hub.door import RelayDoor
from signaling.protocol import control
from tests.signaling.callers import Site, until


@pytest.fixture
def other(tmp_path: Path) -> MachineIdentity:
    return MachineIdentity(tmp_path / "other.pem")


@pytest.fixture
async def door(site: Site, tmp_path: Path) -> AsyncIterator[RelayDoor]:
    door = RelayDoor(MachineIdentity(tmp_path / "own.pem"), site.hub.control_path)
    await door.open("127.0.0.1", 0)
    yield door
    door.close()


def port_of(door: RelayDoor) -> int:
    assert door._server is not None
    return int(door._server.sockets[0].getsockname()[1])


async def knock(door: RelayDoor, other: MachineIdentity, tmp_path: Path, relay: str) -> list[bytes]:
    """What comes until the connection ends or the relay process is ready."""
    context = other.client_context(MachineIdentity(tmp_path / "own.pem").certificate)
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(door), ssl=context)
    heard = []
    try:
        writer.write(control.encode(control.Through(relay)))
        writer.write(control.encode(control.Greet(control.VERSION, observes=True)))
        while line := await reader.readline():
            heard.append(line)
            if isinstance(control.parse_relay(line), control.Ready):
                break
    except OSError:
        pass
    finally:
        writer.transport.abort()
    return heard


async def test_one_that_is_known_reaches_the_relay_process(
    site: Site, door: RelayDoor, other: MachineIdentity, tmp_path: Path
) -> None:
    [own] = site.hub.own_relays()
    door.admit([other.certificate])
    greeting, ready = map(control.parse_relay, await knock(door, other, tmp_path, own.relay))
    assert (getattr(greeting, "relay", None), ready) == (own.relay, control.Ready(()))


async def test_strangers_and_who_was_known_once_get_nothing(
    site: Site, door: RelayDoor, other: MachineIdentity, tmp_path: Path
) -> None:
    [own] = site.hub.own_relays()
    assert await knock(door, other, tmp_path, own.relay) == []
    door.admit([other.certificate])
    assert len(await knock(door, other, tmp_path, own.relay)) == 2
    door.admit([])
    assert await knock(door, other, tmp_path, own.relay) == []


async def test_there_is_no_way_to_a_process_that_is_not_there(
    door: RelayDoor, other: MachineIdentity, tmp_path: Path
) -> None:
    door.admit([other.certificate])
    for relay in ("", "gone"):
        assert await knock(door, other, tmp_path, relay) == []


async def test_who_is_no_longer_known_is_cut_off(
    site: Site, door: RelayDoor, other: MachineIdentity, tmp_path: Path
) -> None:
    [own] = site.hub.own_relays()
    door.admit([other.certificate])
    context = other.client_context(MachineIdentity(tmp_path / "own.pem").certificate)
    _, writer = await asyncio.open_connection("127.0.0.1", port_of(door), ssl=context)
    writer.write(control.encode(control.Through(own.relay)))
    await until(lambda: len(door._serving) == 1)
    door.admit([])
    await until(lambda: len(door._serving) == 0)
    writer.transport.abort()
