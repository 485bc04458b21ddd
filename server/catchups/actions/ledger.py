"""The check of the ledger that goes on beside everything else, a few entries at a time."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime

from server.catchups.rules.ledger_checks import LedgerCheck, check_end, check_entries, is_due_again
from server.catchups.rules.ledger_heads import LedgerHead
from server.catchups.store import ledger as choices
from server.catchups.store.ledger_check import read_check, save_check
from server.db.database import Database

# How many entries are checked before others have their turn: some milliseconds. After so many batches it is kept how
# far the check came.
BATCH = 200
BATCHES = 20
PAUSE_S = 0.1

log = logging.getLogger(__name__)


async def check_ledger(db: Database, key: bytes, now: datetime) -> bool:
    """Checks the next entries, and keeps how far it came and what it found, signed with the key.

    Returns whether there is nothing more to check now: it came to the newest entry, or found one that does not hold.
    """
    async with db.reading() as connection:
        mark, known = await read_check(connection, key)
    if mark and known is None:
        log.warning("what was kept of the ledger's check is not signed with this server's secret: it begins again")
    check = LedgerCheck(now) if known is None else known
    if is_due_again(check, now):
        check = LedgerCheck(now, held=check.held, whole_at=check.whole_at, fault=check.fault, fault_at=check.fault_at)
    for _ in range(BATCHES):
        check, done = await _check_batch(db, check, now)
        if done:
            break
        await asyncio.sleep(PAUSE_S)
    if check != known:
        reached = LedgerHead(check.position.entries, check.position.hash, now.replace(microsecond=0))
        async with db.writing() as connection:
            await save_check(connection, mark, check, reached, key)
    return done


async def _check_batch(db: Database, check: LedgerCheck, now: datetime) -> tuple[LedgerCheck, bool]:
    """The check after the next entries, and whether it can go no further."""
    async with db.reading() as connection:
        # Begins with the entry at the position.
        entries = await choices.read_entries(connection, check.position.entry_id, BATCH + 1)
        head = await choices.read_head(connection)
        wordings = await choices.wordings_kept(connection)
    position, fault = check_entries(check.position, entries, wordings, check.held)
    ended = len(entries) <= BATCH
    if fault is None and ended:
        fault = check_end(position, head.entries, head.hash, check.held)
    if fault is not None:
        found_at = check.fault_at if fault == check.fault else now
        return replace(check, position=position, fault=fault, fault_at=found_at), True
    if not ended:
        return replace(check, position=position), False
    if position == check.position and check.held and check.fault is None and check.whole_at == check.began_at:
        return check, True
    held = LedgerHead(position.entries, position.hash, now.replace(microsecond=0))
    return LedgerCheck(check.began_at, position, held, whole_at=check.began_at), True
