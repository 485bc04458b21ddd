"""Checking the ledger of choices."""

from dataclasses import dataclass

from server.catchups.rules.ledger import GENESIS, first_break, wording_hash
from server.catchups.store import ledger as choices
from server.db.database import Database
from server.i18n.texts import N_, Text

ALTERED = N_("Entry %(entry)s was altered, or an entry before it was deleted or altered.")
MISSING = N_("Entries are missing at the end: %(made)s were added, %(there)s are left.")
REWORDED = N_("The wording of entry %(entry)s was altered.")
HOLDS_ONE = N_("The ledger is intact: %(entries)s entry, each with the hash of the one before.")
HOLDS = N_("The ledger is intact: %(entries)s entries, each with the hash of the one before.")


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """`broken_at` is the id of the first entry that does not hold, None when all do or the end is missing."""

    holds: bool
    entries: int
    broken_at: int | None
    said: Text


async def verify(db: Database) -> LedgerVerdict:
    """Checks every entry against its hash, its predecessor and its wording, and the count against the head."""
    async with db.reading() as connection:
        chain = await choices.read_chain(connection)
        head = await choices.read_head(connection)
        wordings = await choices.wordings_kept(connection)

    def broken(at: int | None, sentence: str, **values: object) -> LedgerVerdict:
        return LedgerVerdict(False, len(chain), at, Text(sentence, values))

    index = first_break([choice for _, choice in chain])
    if index is not None:
        entry = chain[index][0]
        return broken(entry, ALTERED, entry=str(entry))
    last = chain[-1][1].hash if chain else GENESIS
    if (head.entries, head.hash) != (len(chain), last):
        return broken(None, MISSING, made=head.entries, there=len(chain))
    for entry, choice in chain:
        if wording_hash(wordings.get(choice.wording_hash, "")) != choice.wording_hash:
            return broken(entry, REWORDED, entry=str(entry))
    return LedgerVerdict(True, len(chain), None, Text(HOLDS_ONE if len(chain) == 1 else HOLDS, {"entries": len(chain)}))
