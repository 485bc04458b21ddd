"""Whom a hub may signal: a child, or the process that the kernel names behind a connection."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signaling.hub import process
from signaling.hub.process import ChildProcess, hung_up, peer_pid, process_behind, wait_for_end
from tests.signaling.callers import lives, until

LISTENING = (
    "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(600)"
)


@contextmanager
def listener(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, "-S", "-c", LISTENING, str(path)])
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "600"])


@pytest.fixture(params=["pidfd", "as on macOS"])
def descriptor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has a descriptor, or, as on macOS, has none."""
    if request.param != "pidfd":
        monkeypatch.setattr(process, "_open_descriptor", lambda pid: -1)


async def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    await until(lambda: connection.connect_ex(str(path)) == 0)
    return connection


@pytest.mark.usefixtures("descriptor")
async def test_the_process_behind_a_connection_is_killed(tmp_path: Path) -> None:
    with listener(tmp_path / "s") as started, await connect(tmp_path / "s") as connection:
        behind = process_behind(connection)
        assert behind is not None
        assert (behind.pid, behind.ended) == (started.pid, False)
        assert not await wait_for_end(behind, 0.05)
        behind.kill()
        assert await wait_for_end(behind, 10)
        behind.kill()
        assert started.wait() == -signal.SIGKILL
        behind.close()


@pytest.mark.usefixtures("descriptor")
async def test_nothing_is_sent_to_an_id_whose_process_has_ended(tmp_path: Path) -> None:
    """By then it may be another's."""
    with listener(tmp_path / "s") as started, await connect(tmp_path / "s") as connection:
        behind = process_behind(connection)
        assert behind is not None
        started.kill()
        started.wait()
        await until(lambda: hung_up(connection))
        with sleeper() as innocent:
            behind.pid = innocent.pid
            behind.kill()
            assert lives(innocent.pid)
            innocent.kill()
        behind.close()


def test_this_process_is_none_that_may_be_signalled(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as connection:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        connection.connect(str(tmp_path / "s"))
        assert peer_pid(connection) == os.getpid()
        assert process_behind(connection) is None


def test_one_in_another_container_is_none_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel says 0, and a signal to 0 goes to our own process group."""
    monkeypatch.setattr(process, "peer_pid", lambda connection: 0)
    with socket.socket(socket.AF_UNIX) as connection:
        assert process_behind(connection) is None


async def test_a_child_is_killed_once(tmp_path: Path) -> None:
    child = ChildProcess(sleeper())
    assert not child.ended
    child.kill()
    assert await wait_for_end(child, 10)
    child.kill()
    child.close()
