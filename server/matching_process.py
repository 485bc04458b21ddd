"""The process that makes a run of matching: `python -m server.matching_process`.

At its stdin are the settings and the id of the run. It says at its stdout how far it is, in percent, a line each, and
keeps the result in the database.

The main process starts it (server/matching_runs.py), and ends it when the run is cancelled.
"""

import asyncio
import logging
import os
import pickle
import signal
import sys
from datetime import UTC, datetime

from server.config import Settings
from server.db.database import Database, Unavailable
from server.errors import DomainError
from server.logs import log_to_stderr
from server.matching.actions.matching import make_match
from server.matching.solving.matching import match

# Below the calls and the pages.
NICE = 5

log = logging.getLogger(__name__)


def main() -> None:
    # Who ends the main process from a terminal ends this one through it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)
    os.nice(NICE)
    settings: Settings
    settings, run_id = pickle.load(sys.stdin.buffer)  # noqa: S301 from the process that has started this one
    log_to_stderr(settings.secrets, settings.log_format)
    try:
        asyncio.run(_match(settings, run_id))
    except (DomainError, Unavailable) as problem:
        # Somebody has cancelled it meanwhile, or the database is away: the run is ended by who looks after it.
        log.error("run %s of matching was not kept: %s", run_id, problem)


async def _match(settings: Settings, run_id: int) -> None:
    db = Database(settings.database_url)
    try:
        await make_match(db, run_id, match, _tell, lambda: datetime.now(UTC))
    finally:
        await db.close()


def _tell(percent: int) -> None:
    """Who has started this process reads it; when that is gone, writing fails and ends this process too."""
    print(percent, flush=True)


if __name__ == "__main__":
    main()
