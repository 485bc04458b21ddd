"""Adding to the ledger of choices, and checking it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.consents import GENESIS, ChoiceKind, Shown, first_break, make_choice, wording_hash
from server.domain.offers import Medium
from server.domain.visitors import Visitor
from server.storage import choices
from server.storage.database import Database


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """`broken_at` is the id of the first entry that does not hold, None when all do or the end is missing."""

    holds: bool
    entries: int
    broken_at: int | None
    sentence: str


async def record_choice(
    connection: AsyncConnection,
    visitor: Visitor,
    offer_id: int,
    kind: ChoiceKind,
    shown: Shown,
    now: datetime,
    *,
    start: datetime | None = None,
    medium: Medium | None = None,
    words: str = "",
) -> None:
    """Adds the visitor's choice to the ledger, in the transaction that acts on it."""
    head = await choices.lock_head(connection)
    choice = make_choice(
        head.hash,
        offer_id=offer_id,
        person_id=visitor.person.id,
        kind=kind,
        shown=shown,
        link_id=visitor.link_id,
        at=now,
        start=start,
        medium=medium,
    )
    await choices.add_choice(connection, choice, shown, head, words)


async def verify(db: Database) -> LedgerVerdict:
    """Checks every entry against its hash, its predecessor and its wording, and the count against the head."""
    async with db.reading() as connection:
        chain = await choices.read_chain(connection)
        head = await choices.read_head(connection)
        wordings = await choices.wordings_kept(connection)

    def broken(entry: int | None, sentence: str) -> LedgerVerdict:
        return LedgerVerdict(False, len(chain), entry, sentence)

    index = first_break([choice for _, choice in chain])
    if index is not None:
        entry = chain[index][0]
        return broken(entry, f"Entry {entry} was altered, or an entry before it was deleted or altered.")
    last = chain[-1][1].hash if chain else GENESIS
    if (head.entries, head.hash) != (len(chain), last):
        return broken(None, f"Entries are missing at the end: {head.entries} were made, {len(chain)} are there.")
    for entry, choice in chain:
        if wording_hash(wordings.get(choice.wording_hash, "")) != choice.wording_hash:
            return broken(entry, f"The wording that entry {entry} was made on was altered.")
    entries = "1 entry" if len(chain) == 1 else f"{len(chain)} entries"
    return LedgerVerdict(True, len(chain), None, f"The ledger holds: {entries}, each with the hash of the one before.")
