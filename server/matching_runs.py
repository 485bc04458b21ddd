"""In the main process: runs of matching that wait are made, one at a time, each by a process of its own."""

import asyncio
import logging
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from server.config import Settings
from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.matching.actions.runs import claim_run, end_lost_runs, look_after, note_failed
from server.matching.rules.runs import LEASE, MatchRun
from server.page_processes import own_environment

LOOK_EVERY_S = 1.0

log = logging.getLogger(__name__)


async def keep_matching(settings: Settings, db: Database, clock: Callable[[], datetime]) -> None:
    """Looks every second for a run that waits, and for those whose lease is over, until it is cancelled."""
    while True:
        try:
            await end_lost_runs(db, clock())
            run = await claim_run(db, clock())
            if run is not None:
                await make_run(settings, db, clock, run)
        except (Unavailable, OSError) as error:
            log.error("runs of matching are looked for later: %s", error)
        except Exception as error:
            log_fault(log, "runs of matching are looked for later", error)
        await asyncio.sleep(LOOK_EVERY_S)


async def make_run(settings: Settings, db: Database, clock: Callable[[], datetime], run: MatchRun) -> None:
    """Makes a run that this process has claimed, to its end or until somebody cancels it.

    The process is ended with this one: what it says of its progress would go nowhere.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "server.matching_process"), stdin=PIPE, stdout=PIPE, env=own_environment()
    )
    told = _Progress()
    reading = asyncio.create_task(told.read(process))
    try:
        if process.stdin is not None:
            # With their secrets, which stand in no command line and no environment.
            process.stdin.write(pickle.dumps((settings, run.id)))
            with suppress(ConnectionError):
                await process.stdin.drain()
            process.stdin.close()
        await _follow(db, clock, run, told, reading)
    finally:
        reading.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    await note_failed(db, run.id, clock())


class _Progress:
    """How far the process is, in percent, as it says line by line."""

    def __init__(self) -> None:
        self.percent = 0
        self.changed = asyncio.Event()

    async def read(self, process: asyncio.subprocess.Process) -> None:
        """Until the process has ended."""
        if process.stdout is not None:
            async for line in process.stdout:
                self.percent = max(0, min(100, int(line)))
                self.changed.set()
        await process.wait()


async def _follow(
    db: Database, clock: Callable[[], datetime], run: MatchRun, told: _Progress, reading: "asyncio.Task[None]"
) -> None:
    """Renews the lease and keeps the progress, at most once a second, until the process has ended or was cancelled.

    While the database is away the lease is not renewed: after that the run is lost, and its process is ended.
    """
    lost_at = clock() + LEASE
    while not reading.done():
        changed = asyncio.create_task(told.changed.wait())
        await asyncio.wait((reading, changed), timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        changed.cancel()
        told.changed.clear()
        try:
            if not await look_after(db, run.id, told.percent, clock()):
                return
            lost_at = clock() + LEASE
        except Unavailable as error:
            log.warning("the lease of run %s was not renewed: %s", run.id, error)
            if clock() >= lost_at:
                return
        await asyncio.wait((reading,), timeout=LOOK_EVERY_S)
