"""P1: a relay process that hangs, hangs up, is of another version or sends rubbish, before, in and after the greeting.

The web process lives, replaces it, and signals nothing but its children and its peers. FIRESIDE_FAULTS=long
(`make faults`) tries 1,000 variations with the real time limits, else 18 with shorter ones.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import pytest

from signaling.hub import process
from signaling.hub.hub import Hub, RelaySettings
from signaling.hub.supervisor import Supervisor
from signaling.news import News
from signaling.protocol import control
from tests.odd_relay import ACTS, STAGES
from tests.signaling.callers import lives, pid_of, until

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
VARIATIONS = 1000 if LONG else 18
AT_ONCE = 8 if LONG else 6
SEED = 20261128
PROGRAM = Path(__file__).parents[1] / "odd_relay.py"


@dataclass(frozen=True)
class OddPlan:
    """What an odd relay process does. `pid` is the process id that it claims, None its own; `started`: by the hub, and
    not adopted; `locks`: it holds the lock that keeps a second relay process away."""

    stage: str
    act: str
    version: int
    pid: int | None
    settings: str
    locks: bool
    started: bool
    seed: int


def plans() -> list[OddPlan]:
    """Each act at each stage comes before any comes again."""
    chance = random.Random(SEED)
    # A relay process that is ready and goes on with its heartbeats is no odd one.
    pairs = [pair for pair in product(STAGES, ACTS) if pair != ("ready", "is never ready")]
    found = []
    for number in range(VARIATIONS):
        if number % len(pairs) == 0:
            chance.shuffle(pairs)
        stage, act = pairs[number % len(pairs)]
        found.append(
            OddPlan(
                stage=stage,
                act=act,
                version=chance.choice([control.VERSION] * 4 + [control.VERSION - 2, 99]),
                pid=chance.choice([None, 0, -1, 1, os.getpid(), os.getppid(), 2**40]),
                settings=chance.choice([settings_of(Path()).settings_text] * 4 + ["{}"]),
                locks=chance.random() < 0.5,
                started=chance.random() < 0.3,
                seed=chance.getrandbits(32),
            )
        )
    return found


def settings_of(folder: Path) -> Supervisor:
    return Supervisor(RelaySettings(folder, "127.0.0.1", 0), 0)


class Signals:
    """Every signal that this process sends: to whom it may send any, and which went elsewhere."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.allowed: set[int] = set()
        self.sent = 0
        self.stray: list[int] = []
        kill = os.kill
        send = signal.pidfd_send_signal

        def recorded_kill(pid: int, number: int) -> None:
            self.record(pid)
            if pid in self.allowed:
                kill(pid, number)

        def recorded_send(descriptor: int, number: int) -> None:
            info = Path(f"/proc/self/fdinfo/{descriptor}").read_text()
            [pid] = (int(row.split()[1]) for row in info.splitlines() if row.startswith("Pid:"))
            # Of a process that has ended it is -1; nobody gets the signal.
            if pid != -1:
                self.record(pid)
            if pid in self.allowed:
                send(descriptor, number)

        monkeypatch.setattr(os, "kill", recorded_kill)
        monkeypatch.setattr(os, "killpg", lambda pid, number: self.record(-pid))
        monkeypatch.setattr(signal, "pidfd_send_signal", recorded_send)
        popen = subprocess.Popen

        class RecordedPopen(popen):
            def __init__(popen_self, *arguments, **named) -> None:
                super().__init__(*arguments, **named)
                self.allowed.add(popen_self.pid)

        monkeypatch.setattr(subprocess, "Popen", RecordedPopen)

    def record(self, pid: int) -> None:
        self.sent += 1
        if pid not in self.allowed:
            self.stray.append(pid)


def start(plan: OddPlan, path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-S", "-E", str(PROGRAM), "--control", str(path), json.dumps(asdict(plan))]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


async def meet(plan: OddPlan, folder: Path) -> float:
    """A hub that meets such a process; how many seconds it takes until a real one serves instead."""

    async def take(news: News) -> None:
        pass

    hub = Hub(RelaySettings(folder, "127.0.0.1", 0), take)
    supervisor = hub._pool.connections[0]._supervisor
    odd: list[subprocess.Popen[bytes]] = []
    if plan.started:
        spawn = supervisor._spawn

        def spawn_odd() -> process.ChildProcess:
            supervisor._spawn = spawn
            supervisor._started, supervisor._answered = time.monotonic(), False
            odd.append(start(plan, supervisor.path))
            return process.ChildProcess(odd[0])

        supervisor._spawn = spawn_odd
    else:
        odd.append(start(plan, supervisor.path))
        await until(supervisor.path.exists)
    began = time.monotonic()
    try:
        await hub.start()
        # One that became ready shows only afterwards how odd it is.
        await until(lambda: odd and odd[0].poll() is not None, within=60)
        await until(lambda: hub.health()["ready"] and pid_of(hub) != odd[0].pid, within=60)
        assert lives(pid_of(hub))
        return time.monotonic() - began
    finally:
        await hub.stop()
        for each in odd:
            each.kill()
            each.wait()


@pytest.mark.timeout(7200)
async def test_the_web_process_lives_and_signals_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signals = Signals(monkeypatch)
    monkeypatch.setattr("signaling.hub.relay_pool.START_WITHIN", 60.0)
    if not LONG:
        monkeypatch.setattr("signaling.hub.relay_connection.SILENT_FOR", 1.5)
        monkeypatch.setattr("signaling.hub.relay_connection.ENDS_WITHIN", 1.5)
    waiting = list(enumerate(plans()))
    folders = [tmp_path / str(number) for number, _ in waiting]
    for folder in folders:
        folder.mkdir()
    took: dict[OddPlan, float] = {}

    async def meet_all() -> None:
        while waiting:
            number, plan = waiting.pop(0)
            try:
                took[plan] = await meet(plan, folders[number])
            except Exception as error:
                error.add_note(f"seed {SEED}, variation {number}: {plan}")
                raise

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(meet_all())
    slowest = max(took, key=lambda plan: took[plan])
    print(f"{len(took)} of {VARIATIONS} variations (seed {SEED}): replaced after {took[slowest]:.1f} s at most")
    print(f"slowest: {slowest}")
    print(f"{signals.sent} signals sent, {len(signals.stray)} of them to strangers")
    assert len(took) == VARIATIONS
    assert signals.stray == []
    assert signals.sent
