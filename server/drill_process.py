"""The process that tries the newest backup: `python -m server.drill_process`, with the settings at its stdin.

The main process starts it (server/drills.py). It has the lowest priority: nobody waits for it.
"""

import asyncio
import logging
import os
import pickle
import signal
import sys
from datetime import UTC, datetime

from server.backup.actions.restoring import try_backup
from server.backup.rules import BackupFinding, BackupProblem
from server.commands.backup import host_of
from server.config import Settings
from server.db.database import Unavailable
from server.logs import log_to_stderr

LOWEST = 19

log = logging.getLogger(__name__)


def main() -> None:
    # Who ends the main process from a terminal ends this one through it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    os.nice(LOWEST)
    settings: Settings = pickle.load(sys.stdin.buffer)  # noqa: S301 from the process that has started this one
    log_to_stderr(settings.secrets, settings.log_format)
    try:
        report = asyncio.run(try_backup(host_of(settings), None, datetime.now(UTC)))
    except (BackupProblem, Unavailable) as problem:
        log.error("no backup was tried: %s", problem)
        return
    level = logging.INFO if report.finding is BackupFinding.HOLDS else logging.ERROR
    log.log(level, "%s was tried: %s", report.file, report.reason)


if __name__ == "__main__":
    main()
