"""Checking the ledger of choices, by itself and against a head that was handed out; and handing out its head."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.ledger import GENESIS, Choice, first_break, wording_hash
from server.catchups.rules.ledger_heads import HEAD_NAME, LedgerHead, SignedHead, find_head, is_signed_with, sign_head
from server.catchups.store import ledger as choices
from server.db.database import Database
from server.i18n.texts import N_, Text

ALTERED = N_("Entry %(entry)s was altered, or an entry before it was deleted or altered.")
MISSING = N_("Entries are missing at the end: %(made)s were added, %(there)s are left.")
REWORDED = N_("The wording of entry %(entry)s was altered.")
HOLDS_ONE = N_("The ledger is intact: %(entries)s entry, each with the hash of the one before.")
HOLDS = N_("The ledger is intact: %(entries)s entries, each with the hash of the one before.")

NO_HEAD = f"This is no head of a ledger, nor a file that holds one. A head begins with {HEAD_NAME}."
FOREIGN = (
    "This head was not signed with this server's secret: it is another server's, it was altered, or the secret is no "
    "longer the same."
)
SHORTENED = "The ledger was shortened: it had %(made)s on %(date)s, and has %(there)s now."
REWRITTEN = "The ledger was rewritten: up to entry %(last)s it is not what it was on %(date)s."
CONTINUES = "It continues the head of %(date)s, when it had %(made)s."


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """`broken_at` is the id of the first entry that does not hold, None when all do or the end is missing."""

    holds: bool
    entries: int
    broken_at: int | None
    said: Text


@dataclass(frozen=True, slots=True)
class HeadVerdict:
    """How the ledger compares with a head that was handed out earlier, in one or two sentences of English."""

    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class _Ledger:
    """All of it as it was at one moment: each entry with its id, oldest first."""

    chain: tuple[tuple[int, Choice], ...]
    head: choices.Head
    wordings: dict[str, str]


async def verify(db: Database) -> LedgerVerdict:
    """Checks every entry against its hash, its predecessor and its wording, and the count against the head."""
    return _verdict_on(await _read(db))


async def verify_head(db: Database, text: str, key: bytes) -> HeadVerdict:
    """Checks the ledger, and that it continues the head in the text, signed with the key."""
    signed = find_head(text)
    if signed is None:
        return HeadVerdict(False, NO_HEAD)
    if not is_signed_with(signed, key):
        return HeadVerdict(False, FOREIGN)
    ledger = await _read(db)
    verdict = _verdict_on(ledger)
    if not verdict.holds:
        return HeadVerdict(False, str(verdict.said))
    earlier = signed.head
    values = {
        "date": f"{earlier.date:%Y-%m-%d %H:%M} UTC",
        "last": earlier.sequence,
        "made": _counted(earlier.sequence),
        "there": _counted(len(ledger.chain)),
    }
    if earlier.sequence > len(ledger.chain):
        return HeadVerdict(False, SHORTENED % values)
    if earlier.hash != _hash_after(ledger, earlier.sequence):
        return HeadVerdict(False, REWRITTEN % values)
    return HeadVerdict(True, f"{verdict.said} {CONTINUES % values}")


async def hand_out_head(db: Database, key: bytes, now: datetime) -> tuple[LedgerVerdict, SignedHead | None]:
    """The ledger's head, signed with the key; None when the ledger does not hold, because a head vouches for it."""
    ledger = await _read(db)
    verdict = _verdict_on(ledger)
    if not verdict.holds:
        return verdict, None
    head = LedgerHead(ledger.head.entries, ledger.head.hash, now.replace(microsecond=0))
    return verdict, sign_head(head, key)


async def _read(db: Database) -> _Ledger:
    async with db.reading() as connection:
        return _Ledger(
            await choices.read_chain(connection),
            await choices.read_head(connection),
            await choices.wordings_kept(connection),
        )


def _verdict_on(ledger: _Ledger) -> LedgerVerdict:
    chain, head = ledger.chain, ledger.head

    def broken(at: int | None, sentence: str, **values: object) -> LedgerVerdict:
        return LedgerVerdict(False, len(chain), at, Text(sentence, values))

    index = first_break([choice for _, choice in chain])
    if index is not None:
        entry = chain[index][0]
        return broken(entry, ALTERED, entry=str(entry))
    if (head.entries, head.hash) != (len(chain), _hash_after(ledger, len(chain))):
        return broken(None, MISSING, made=head.entries, there=len(chain))
    for entry, choice in chain:
        if wording_hash(ledger.wordings.get(choice.wording_hash, "")) != choice.wording_hash:
            return broken(entry, REWORDED, entry=str(entry))
    return LedgerVerdict(True, len(chain), None, Text(HOLDS_ONE if len(chain) == 1 else HOLDS, {"entries": len(chain)}))


def _hash_after(ledger: _Ledger, sequence: int) -> str:
    """The hash of the `sequence`-th entry, counted from 1; GENESIS for 0."""
    return ledger.chain[sequence - 1][1].hash if sequence else GENESIS


def _counted(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries} entries"
