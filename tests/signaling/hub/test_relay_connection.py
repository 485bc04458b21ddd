"""A relay process that dies, hangs, speaks another version, or was started with other settings."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from signaling.hub.hub import Hub, RelaySettings
from signaling.news import News
from signaling.protocol import control, messages
from tests.signaling.callers import Site, drop, lives, news_in, pid_of, until


async def test_a_killed_relay_is_replaced_and_browsers_are_told(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    await until(lambda: site.news("Joined"))
    killed = site.pid
    os.kill(killed, signal.SIGKILL)
    assert await ann.close_code() == messages.RELAY_LOST
    again = await site.call("ann")
    await again.enter()
    assert site.pid != killed
    await until(lambda: site.news("Joined", "Left"), lambda news: len(news) == 3)
    assert site.news("Joined", "Left") == [("ann", ""), ("ann", "relay lost"), ("ann", "")]
    first, second = (news["attendance"] for news in news_in(site.directory, "Joined"))
    assert first != second
    assert site.hub.health()["ready"] is True


async def test_a_relay_that_hangs_is_replaced(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await site.call("ann")
    await ann.enter()
    monkeypatch.setattr("signaling.hub.relay_connection.SILENT_FOR", 1.5)
    # The next pulse begins a wait with the shorter limit.
    await asyncio.wait_for(ann.socket.receive(), 60)
    hung = site.pid
    os.kill(hung, signal.SIGSTOP)
    assert await ann.close_code() == messages.RELAY_LOST
    await until(lambda: site.pid, lambda pid: pid != hung)
    await until(lambda: site.news("Left"), lambda news: news == [("ann", "relay lost")])


async def test_a_relay_is_not_replaced_because_the_hub_stood_still(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def heard_at() -> float:
        return site.hub._pool.connections[0].beat_at

    ann = await site.call("ann")
    await ann.enter()
    monkeypatch.setattr("signaling.hub.relay_connection.SILENT_FOR", 1.5)
    # The next heartbeat begins a wait with the shorter limit.
    patched = time.monotonic()
    await until(heard_at, lambda heard: heard > patched)
    relay = site.pid
    time.sleep(4)  # noqa: ASYNC251  # such as a whole process that was stopped
    awake = time.monotonic()
    await until(heard_at, lambda heard: heard > awake + 2)
    assert site.pid == relay
    assert site.news("Left") == []
    assert not ann.socket.closed


async def test_a_relay_with_other_settings_is_replaced(tmp_path: Path) -> None:
    async def take(news: News) -> None:
        pass

    first = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await first.start()
    await drop(first)
    second = Hub(RelaySettings(tmp_path, "127.0.0.1", 0, ("203.0.113.5",)), take)
    await second.start()
    await until(lambda: pid_of(second), lambda pid: pid != pid_of(first))
    await until(lambda: lives(pid_of(first)), lambda alive: not alive)
    await until(second.health, lambda health: health["ready"] is True)
    await second.stop()


async def test_a_relay_of_another_version_is_replaced(tmp_path: Path) -> None:
    """As after an upgrade of the server, while calls go on."""

    async def take(news: News) -> None:
        pass

    path = tmp_path / "relay-0.sock"
    running = start_older(path, 2)
    await until(path.exists)
    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await hub.start()
    assert pid_of(hub) != running.pid
    assert running.wait(5) == -signal.SIGKILL
    await hub.stop()


async def test_one_of_the_version_before_goes_on_with_its_calls(tmp_path: Path) -> None:
    """Both speak the earlier version; what that does not know is not said."""

    async def take(news: News) -> None:
        pass

    path = tmp_path / "relay-0.sock"
    running = start_older(path, 1)
    await until(path.exists)
    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await hub.start()
    assert pid_of(hub) == running.pid
    [connection] = hub._pool.connections
    assert connection.speaks == control.VERSION - 1
    connection.post(control.Release("7", 0.0))
    beat = connection.beat_at
    await until(lambda: connection.beat_at > beat and connection.up)
    await hub.stop()


async def test_an_error_of_the_system_does_not_end_its_connection(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when there is no descriptor or memory for another process: it goes on when there is."""
    monkeypatch.setattr("signaling.hub.relay_connection.AGAIN_AFTER", 0.05)
    supervisor = site.hub._pool.connections[0]._supervisor
    tries: list[str] = []

    def failing(name: str, error: OSError) -> None:
        real = getattr(supervisor, name)

        def fail() -> object:
            tries.append(name)
            if tries.count(name) < 3:
                raise error
            return real()

        monkeypatch.setattr(supervisor, name, fail)

    failing("_open", OSError(errno.EMFILE, "Too many open files"))
    failing("_spawn", OSError(errno.ENOMEM, "Cannot allocate memory"))
    killed = site.pid
    os.kill(killed, signal.SIGKILL)
    await until(lambda: site.pid != killed and site.hub.health()["ready"])
    assert tries.count("_spawn") == 3


def start_older(path: Path, steps: int) -> subprocess.Popen[bytes]:
    """A relay process that speaks only a version before ours."""
    code = (
        f"import signaling.protocol.control as control; control.VERSION -= {steps};"
        " control.SPOKEN = (control.VERSION,);"
        " from signaling.worker.main import main; raise SystemExit(main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, "--control", path, "--bind", "127.0.0.1"], stderr=subprocess.DEVNULL
    )
