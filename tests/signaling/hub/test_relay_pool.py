"""Relay processes started together, ended together, or left to the next web process."""

import asyncio
from pathlib import Path

import pytest

from signaling.hub.relay_connection import RelayConnection
from signaling.hub.relay_pool import RelayPool
from signaling.hub.serving_relay import Listener
from signaling.hub.supervisor import RelaySettings
from signaling.sockets.udp import UdpPort
from tests.signaling.callers import lives, until


def pool(settings: RelaySettings, lost: list[RelayConnection]) -> RelayPool:
    listener = Listener(lambda relay, message: None, lambda relay: None, lambda relay, at: lost.append(relay))
    return RelayPool(settings, listener)


async def test_all_come_up_are_left_to_the_next_and_end_together(tmp_path: Path) -> None:
    settings = RelaySettings(tmp_path, "127.0.0.1", 0, relays=2)
    lost: list[RelayConnection] = []
    first, second = pool(settings, lost), pool(settings, lost)
    await first.start()
    assert first.up
    rows = first.health()
    assert [(row["ready"], row["draining"], row["peers"]) for row in rows] == [(True, False, 0)] * 2
    pids = [connection.pid for connection in first.connections]
    await first.leave()
    await second.start()
    assert second.health() == rows
    assert lost == []
    await second.end()
    assert sorted(lost, key=id) == sorted(second.connections, key=id), "each once, in whatever order they end"
    await until(lambda: [pid for pid in pids if lives(pid)], lambda left: not left)
    await second.end()
    assert len(lost) == len(second.connections)


async def test_those_that_end_at_once_are_given_up_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.hub.relay_pool.START_WITHIN", 120.0)
    # As on a machine so busy that they take long to fail.
    monkeypatch.setattr("signaling.hub.supervisor.EARLY", 0.0)
    taken = UdpPort("127.0.0.1", 0)
    made = pool(RelaySettings(tmp_path, "127.0.0.1", taken.port), [])
    with pytest.raises(TimeoutError, match="end as soon as"):
        await asyncio.wait_for(made.start(), 60)
    assert not made.up
    await made.end()
    taken.close()


async def test_one_that_does_not_start_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.hub.relay_pool.START_WITHIN", 0.5)
    taken = UdpPort("127.0.0.1", 0)
    made = pool(RelaySettings(tmp_path, "127.0.0.1", taken.port), [])
    with pytest.raises(TimeoutError):
        await made.start()
    assert not made.up
    await made.end()
    taken.close()
