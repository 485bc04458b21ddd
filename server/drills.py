"""In the main process: each week the newest backup is tried, by a process of its own with the lowest priority."""

import asyncio
import logging
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from server.backup.rules import BackupWork, is_drill_due
from server.backup.store import read_reports
from server.config import Settings
from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.db.turns import always_ours
from server.page_processes import own_environment

LOOK_EVERY_S = 3600.0

log = logging.getLogger(__name__)


async def keep_trying_backups(
    settings: Settings,
    db: Database,
    clock: Callable[[], datetime],
    is_ours: Callable[[str], Awaitable[bool]] = always_ours,
) -> None:
    """Looks every hour whether one is to be tried, until it is cancelled; one process of a database at a time."""
    while True:
        try:
            if await is_ours("drill") and await _is_due(db, clock()):
                await _try_newest(settings)
        except (Unavailable, OSError) as error:
            log.error("whether a backup can be restored is tried later: %s", error)
        except Exception as error:
            log_fault(log, "whether a backup can be restored is tried later", error)
        await asyncio.sleep(LOOK_EVERY_S)


async def _is_due(db: Database, now: datetime) -> bool:
    async with db.reading() as connection:
        reports = await read_reports(connection)
    return is_drill_due(reports.get(BackupWork.BACKUP), reports.get(BackupWork.DRILL), now)


async def _try_newest(settings: Settings) -> None:
    """It keeps by itself how it ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "server.drill_process"), stdin=PIPE, stdout=DEVNULL, env=own_environment()
    )
    try:
        # With their secrets, which stand in no command line and no environment.
        await process.communicate(pickle.dumps(settings))
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
    if process.returncode:
        log.error("the process that tries a backup has ended with exit code %s", process.returncode)
