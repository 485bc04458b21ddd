"""The check of the ledger, a few entries at a time: from the position that was reached, each next entry must hold.

A check of all entries begins at START. The server keeps its position between checks, signed, so that it does not have
to begin again; see LedgerCheck.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.catchups.rules.ledger import GENESIS, Choice, holds, wording_hash
from server.catchups.rules.ledger_heads import LedgerHead

# All entries are checked again, from the first on, this long after that was begun last; sooner while one does not hold.
WHOLE_EVERY = timedelta(days=1)
WHOLE_AFTER_FAULT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Position:
    """After `entries` entries that hold, the last of which has this id and this hash."""

    entries: int
    entry_id: int
    hash: str


START = Position(0, 0, GENESIS)


class FaultKind(StrEnum):
    """An entry was altered, or one before it; its wording was; entries are missing at the end; or the entries up to
    this one are no longer those that held before, though all hashes fit."""

    ALTERED = "altered"
    REWORDED = "reworded"
    MISSING = "missing"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Fault:
    """`entry_id` is the first entry that does not hold, None when entries are missing; `entries` is how many there
    should be, or were up to this one."""

    kind: FaultKind
    entry_id: int | None
    entries: int


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What the server knows from its checks.

    The one that runs was begun from the first entry at `began_at` and reached `position`. `held` is the newest entry up
    to which everything held, and when that was found, None before that; `whole_at` is when the newest check that went
    through all entries was begun. `fault` is why the check cannot go on, and `fault_at` when that was found.
    """

    began_at: datetime
    position: Position = START
    held: LedgerHead | None = None
    whole_at: datetime | None = None
    fault: Fault | None = None
    fault_at: datetime | None = None


def is_due_again(check: LedgerCheck, now: datetime) -> bool:
    """Whether all entries are to be checked again, from the first on."""
    return now >= check.began_at + (WHOLE_AFTER_FAULT if check.fault else WHOLE_EVERY)


def check_entries(
    position: Position,
    entries: Sequence[tuple[int, Choice]],
    wordings: Mapping[str, str],
    earlier: LedgerHead | None = None,
) -> tuple[Position, Fault | None]:
    """Goes on from the position through these entries, each with its id, as far as they hold.

    The first of them must be the entry at the position itself (none at START): it, too, may have been altered since.
    `wordings` are the texts by hash. `earlier` is a head that the chain must go through, if it comes that far.
    """
    if position != START:
        if not entries or not _is_at(position, *entries[0]):
            return position, Fault(FaultKind.ALTERED, entries[0][0] if entries else position.entry_id, position.entries)
        entries = entries[1:]
    for entry_id, choice in entries:
        if choice.previous_hash != position.hash or not holds(choice):
            return position, Fault(FaultKind.ALTERED, entry_id, position.entries)
        if wording_hash(wordings.get(choice.wording_hash, "")) != choice.wording_hash:
            return position, Fault(FaultKind.REWORDED, entry_id, position.entries)
        reached = Position(position.entries + 1, entry_id, choice.hash)
        if earlier and reached.entries == earlier.sequence and reached.hash != earlier.hash:
            return position, Fault(FaultKind.REWRITTEN, entry_id, earlier.sequence)
        position = reached
    return position, None


def check_end(position: Position, made: int, newest_hash: str, earlier: LedgerHead | None = None) -> Fault | None:
    """Whether the position, after the last entry that is there, is the chain's end: after `made` entries, the last of
    which has this hash. The chain must not be shorter than the `earlier` head."""
    if (made, newest_hash) != (position.entries, position.hash):
        return Fault(FaultKind.MISSING, None, made)
    if earlier and earlier.sequence > position.entries:
        return Fault(FaultKind.MISSING, None, earlier.sequence)
    return None


def _is_at(position: Position, entry_id: int, choice: Choice) -> bool:
    return (entry_id, choice.hash) == (position.entry_id, position.hash) and holds(choice)
