"""How far the ledger was checked, and what was found: one row, whose positions are signed with the server's key."""

from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger_checks import Fault, FaultKind, LedgerCheck, Position
from server.catchups.rules.ledger_heads import LedgerHead, find_head, is_signed_with, sign_head
from server.db.tables import ledger_check

READ = select(ledger_check)
SAVE = update(ledger_check).where(ledger_check.c.reached == bindparam("mark"))


async def read_check(connection: AsyncConnection, key: bytes) -> tuple[str, LedgerCheck | None]:
    """What is kept, and a mark to save the next by. None when there is nothing yet, or nothing signed with the key."""
    row = (await connection.execute(READ)).one()
    return row.reached, _check_of(row, key)


async def save_check(
    connection: AsyncConnection, mark: str, check: LedgerCheck, reached: LedgerHead, key: bytes
) -> None:
    """Keeps it, unless another process has kept something since `mark` was read. `reached` is its position, dated."""
    fault = check.fault
    await connection.execute(
        SAVE,
        {
            "mark": mark,
            "began_at": check.began_at,
            "entry_id": check.position.entry_id,
            "reached": str(sign_head(reached, key)),
            "held": str(sign_head(check.held, key)) if check.held else None,
            "whole_at": check.whole_at,
            "fault": fault.kind.value if fault else None,
            "fault_entry_id": fault.entry_id if fault else None,
            "fault_entries": fault.entries if fault else None,
            "fault_at": check.fault_at,
        },
    )


def _check_of(row: Row[Any], key: bytes) -> LedgerCheck | None:
    reached, held = _signed(row.reached, key), _signed(row.held, key)
    if reached is None or (row.held and held is None):
        return None
    return LedgerCheck(
        began_at=row.began_at,
        position=Position(reached.sequence, row.entry_id, reached.hash),
        held=held,
        whole_at=row.whole_at,
        fault=Fault(FaultKind(row.fault), row.fault_entry_id, row.fault_entries) if row.fault else None,
        fault_at=row.fault_at,
    )


def _signed(text: str | None, key: bytes) -> LedgerHead | None:
    signed = find_head(text or "")
    return signed.head if signed and is_signed_with(signed, key) else None
