"""Starting and adopting a real relay process."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from signaling.hub.supervisor import RelayLink, RelaySettings, Supervisor
from signaling.protocol import control
from signaling.sockets.ports import Ports
from tests.cast import free_port
from tests.signaling.callers import lives, until
from tests.signaling.stun_server import StunServer


async def test_it_starts_a_process_and_adopts_it_afterwards(tmp_path: Path) -> None:
    settings = RelaySettings(tmp_path / ("long" * 30), "127.0.0.1", 0)
    first, second = Supervisor(settings, 0), Supervisor(settings, 0)
    assert await first.dial() is None
    pids = [await greeted(await supervisor.connect()) for supervisor in (first, second)]
    assert pids[0] == pids[1]
    await second.abandon()
    assert lives(pids[0]), "who adopted it does not end what another one started"
    await first.abandon()
    assert not lives(pids[0])


async def test_the_process_has_its_own_session_and_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESIDE_DATABASE_URL", "postgresql://secret")
    supervisor = Supervisor(RelaySettings(tmp_path, "127.0.0.1", 0), 0)
    pid = await greeted(await supervisor.connect())
    assert os.getsid(pid) == pid
    assert b"FIRESIDE" not in environment_of(pid)
    await supervisor.abandon()


async def test_a_process_that_dies_early_is_started_again_more_slowly(tmp_path: Path) -> None:
    # By UDP and TCP, so that nobody else takes either.
    taken = Ports("127.0.0.1", free_port())
    supervisor = Supervisor(RelaySettings(tmp_path, "127.0.0.1", taken.port), 0)
    connecting = asyncio.create_task(supervisor.connect())
    await until(lambda: supervisor._delay, lambda delay: delay >= 0.2)
    taken_until = time.monotonic()
    taken.close()
    await greeted(await asyncio.wait_for(connecting, 60))
    assert time.monotonic() - taken_until < 5
    await supervisor.abandon()


async def test_a_machine_that_is_too_busy_to_start_it_in_time_gets_more_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be killed before it answers, again and again."""
    monkeypatch.setattr("signaling.hub.supervisor.STARTS_WITHIN", 0.02)
    starting = Supervisor(RelaySettings(tmp_path, "127.0.0.1", 0), 0)
    await greeted(await asyncio.wait_for(starting.connect(), 60))
    await starting.abandon()


async def test_the_process_is_started_with_every_setting(tmp_path: Path) -> None:
    """Else the hub would find that it has other settings, and replace it for ever."""
    async with StunServer() as server:
        settings = RelaySettings(tmp_path, "127.0.0.1", 0, ("192.0.2.7",), stun_server=f"127.0.0.1:{server.port}")
        supervisor = Supervisor(settings, 0)
        link = await supervisor.connect()
        link.writer.write(control.encode(control.Greet(control.VERSION)))
        greeting = control.parse_relay(await asyncio.wait_for(link.reader.readline(), 60))
        assert isinstance(greeting, control.Greeting)
        assert greeting.settings == supervisor.settings_text
        assert server.asked
        link.writer.close()
        await supervisor.abandon()


async def test_no_file_of_the_working_directory_is_taken_for_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("signaling", "socket", "ssl", "argparse", "cffi"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    supervisor = Supervisor(RelaySettings(tmp_path / "run", "127.0.0.1", 0), 0)
    await greeted(await asyncio.wait_for(supervisor.connect(), 60))
    await supervisor.abandon()


async def greeted(link: RelayLink) -> int:
    """The process id that the relay process tells, which is the kernel's; the connection is closed then."""
    link.writer.write(control.encode(control.Greet(control.VERSION)))
    greeting = control.parse_relay(await asyncio.wait_for(link.reader.readline(), 60))
    assert isinstance(greeting, control.Greeting)
    assert link.process is not None
    assert link.process.pid == greeting.pid
    link.writer.close()
    return greeting.pid


def environment_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()
