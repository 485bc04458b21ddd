"""A relay process's end of a connection to a hub, over a real Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import Raw

from signaling.protocol import control
from signaling.worker import hub_connection
from signaling.worker.hub_connection import HubConnection

Ends = tuple[HubConnection, asyncio.StreamReader]


@pytest.fixture
async def ends(tmp_path: Path) -> AsyncIterator[Ends]:
    """The connection, and what the hub reads from."""
    connections: asyncio.Queue[HubConnection] = asyncio.Queue()
    server = await asyncio.start_unix_server(
        lambda _, writer: connections.put_nowait(HubConnection(writer)), tmp_path / "s"
    )
    reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
    hub = await connections.get()
    yield hub, reader
    hub.abort()
    writer.close()
    server.close()


async def test_messages_arrive_a_line_each_until_it_is_closed(ends: Ends) -> None:
    hub, reader = ends
    hub.post(control.Heartbeat(1, 2))
    hub.post(control.Draining())
    hub.close()
    hub.post(control.Heartbeat(3, 4))
    lines = (await asyncio.wait_for(reader.read(), 5)).splitlines()
    assert [control.parse_relay(line) for line in lines] == [control.Heartbeat(1, 2), control.Draining()]
    assert hub.gone.is_set()


async def test_a_hub_of_an_earlier_version_gets_nothing_that_it_does_not_know(ends: Ends) -> None:
    hub, reader = ends
    for hub.speaks in control.SPOKEN:
        hub.post(control.Talking((str(hub.speaks),)))
        hub.post(control.Draining())
    hub.close()
    lines = (await asyncio.wait_for(reader.read(), 5)).splitlines()
    newest = control.Talking((str(control.VERSION),))
    assert [control.parse_relay(line) for line in lines] == [control.Draining(), newest, control.Draining()]


async def test_a_hub_that_does_not_read_is_cut_off(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    hub, reader = ends
    monkeypatch.setattr(hub_connection, "MAX_UNREAD", 100_000)
    told = control.Deliver("s", Raw(f'"{"x" * 10_000}"'))
    for _ in range(2_000):
        hub.post(told)
    arrived = await asyncio.wait_for(reader.read(), 5)
    assert len(arrived) < 2_000 * 10_000
