"""A relay process's end of a connection to a hub, over a real Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.protocol import control
from signaling.worker import hub_connection as hub_link
from signaling.worker.hub_connection import HubLink

Ends = tuple[HubLink, asyncio.StreamReader]


@pytest.fixture
async def ends(tmp_path: Path) -> AsyncIterator[Ends]:
    """The link, and what the hub reads from."""
    links: asyncio.Queue[HubLink] = asyncio.Queue()
    server = await asyncio.start_unix_server(lambda _, writer: links.put_nowait(HubLink(writer)), tmp_path / "s")
    reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
    link = await links.get()
    yield link, reader
    link.hang_up()
    writer.close()
    server.close()


async def test_messages_arrive_a_line_each_until_it_is_closed(ends: Ends) -> None:
    link, reader = ends
    link.post(control.Pulse(1, 2))
    link.post(control.Draining())
    link.close()
    link.post(control.Pulse(3, 4))
    lines = (await asyncio.wait_for(reader.read(), 5)).splitlines()
    assert [control.parse_relay(line) for line in lines] == [control.Pulse(1, 2), control.Draining()]
    assert link.gone.is_set()


async def test_a_hub_that_does_not_read_is_cut_off(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    link, reader = ends
    monkeypatch.setattr(hub_link, "MAX_UNREAD", 100_000)
    told = control.Tell("s", {"text": "x" * 10_000})
    for _ in range(2_000):
        link.post(told)
    arrived = await asyncio.wait_for(reader.read(), 5)
    assert len(arrived) < 2_000 * 10_000
