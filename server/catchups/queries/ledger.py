"""Checking the ledger of choices, by itself and against a head that was handed out; and handing out its head."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import GENESIS
from server.catchups.rules.ledger_checks import START, Fault, FaultKind, check_end, check_entries
from server.catchups.rules.ledger_heads import HEAD_NAME, LedgerHead, SignedHead, find_head, is_signed_with, sign_head
from server.catchups.store import ledger as choices
from server.catchups.store.ledger_check import read_check
from server.db.database import Database
from server.i18n.texts import N_, Text

ALTERED = N_("Entry %(entry)s was altered, or an entry before it was deleted or altered.")
MISSING = N_("Entries are missing at the end: %(made)s were added, %(there)s are left.")
REWORDED = N_("The wording of entry %(entry)s was altered.")
HOLDS_ONE = N_("The ledger is intact: %(entries)s entry, each with the hash of the one before.")
HOLDS = N_("The ledger is intact: %(entries)s entries, each with the hash of the one before.")
REWRITTEN_UP_TO = N_("The entries up to entry %(entry)s are not those that were there before.")
SHORTER = N_("Entries are missing at the end: %(made)s were added.")
FOUND = {FaultKind.ALTERED: ALTERED, FaultKind.REWORDED: REWORDED, FaultKind.REWRITTEN: REWRITTEN_UP_TO}
WAITS = N_("The ledger has not been checked yet.")
SO_FAR = N_("The ledger is being checked: %(checked)s of %(entries)s entries are intact so far.")
# How many entries are read at once.
BATCH = 1000

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
class CheckVerdict:
    """What the server's own check says; `holds` is None before its first one has come to the end.

    `at` is when that was found, `whole_at` when the newest check of all entries began, and `newer` how many entries it
    has not come to.
    """

    holds: bool | None
    said: Text
    at: datetime | None
    whole_at: datetime | None
    newer: int


@dataclass(frozen=True, slots=True)
class HeadVerdict:
    """How the ledger compares with a head that was handed out earlier, in one or two sentences of English."""

    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What a check of all entries, as they were at one moment, found. `hash` is the one after so many entries as were
    asked about; GENESIS after none, empty when there are fewer."""

    verdict: LedgerVerdict
    head: choices.Head
    hash: str


async def verify(db: Database) -> LedgerVerdict:
    """Checks every entry against its hash, its predecessor and its wording, and the count against the head."""
    return (await _check(db)).verdict


async def verify_head(db: Database, text: str, key: bytes) -> HeadVerdict:
    """Checks the ledger, and that it continues the head in the text, signed with the key."""
    signed = find_head(text)
    if signed is None:
        return HeadVerdict(False, NO_HEAD)
    if not is_signed_with(signed, key):
        return HeadVerdict(False, FOREIGN)
    earlier = signed.head
    ledger = await _check(db, earlier.sequence)
    verdict = ledger.verdict
    if not verdict.holds:
        return HeadVerdict(False, str(verdict.said))
    values = {
        "date": f"{earlier.date:%Y-%m-%d %H:%M} UTC",
        "last": earlier.sequence,
        "made": _counted(earlier.sequence),
        "there": _counted(verdict.entries),
    }
    if earlier.sequence > verdict.entries:
        return HeadVerdict(False, SHORTENED % values)
    if earlier.hash != ledger.hash:
        return HeadVerdict(False, REWRITTEN % values)
    return HeadVerdict(True, f"{verdict.said} {CONTINUES % values}")


async def hand_out_head(db: Database, key: bytes, now: datetime) -> tuple[LedgerVerdict, SignedHead | None]:
    """The ledger's head, signed with the key; None when the ledger does not hold, because a head vouches for it."""
    ledger = await _check(db)
    if not ledger.verdict.holds:
        return ledger.verdict, None
    head = LedgerHead(ledger.head.entries, ledger.head.hash, now.replace(microsecond=0))
    return ledger.verdict, sign_head(head, key)


async def read_check_verdict(connection: AsyncConnection, key: bytes) -> CheckVerdict:
    """What the check that the server makes by itself has found."""
    _, check = await read_check(connection, key)
    made = (await choices.read_head(connection)).entries
    if check is None:
        return CheckVerdict(None, Text(WAITS, {}), None, None, made)
    newer = made - (check.held.sequence if check.held else 0)
    if check.fault is not None:
        return CheckVerdict(False, _said_of(check.fault), check.fault_at, check.whole_at, newer)
    if check.held is None:
        so_far = Text(SO_FAR, {"checked": check.position.entries, "entries": made})
        return CheckVerdict(None, so_far, None, None, newer)
    return CheckVerdict(True, _intact(check.held.sequence), check.held.date, check.whole_at, newer)


def _said_of(fault: Fault) -> Text:
    if fault.kind is FaultKind.MISSING:
        return Text(SHORTER, {"made": fault.entries})
    return Text(FOUND[fault.kind], {"entry": str(fault.entry_id)})


def _intact(entries: int) -> Text:
    return Text(HOLDS_ONE if entries == 1 else HOLDS, {"entries": entries})


async def _check(db: Database, asked: int = 0) -> _Ledger:
    """Reads all of it, from one snapshot. `asked` is after how many entries the hash is wanted."""
    position, wanted = START, "" if asked else GENESIS
    async with db.reading() as connection:
        head = await choices.read_head(connection)
        wordings = await choices.wordings_kept(connection)
        while True:
            entries = await choices.read_entries(connection, position.entry_id, BATCH)
            before = position
            position, fault = check_entries(before, entries, wordings)
            if before.entries < asked <= position.entries:
                # Every batch but the first begins with the entry that the one before ended with.
                skipped = 0 if before == START else 1
                wanted = entries[skipped + asked - before.entries - 1][1].hash
            if fault is not None or len(entries) < BATCH:
                break
    if fault is not None:
        said = Text(FOUND[fault.kind], {"entry": str(fault.entry_id)})
        return _Ledger(LedgerVerdict(False, position.entries, fault.entry_id, said), head, wanted)
    if check_end(position, head.entries, head.hash) is not None:
        said = Text(MISSING, {"made": head.entries, "there": position.entries})
        return _Ledger(LedgerVerdict(False, position.entries, None, said), head, wanted)
    return _Ledger(LedgerVerdict(True, position.entries, None, _intact(position.entries)), head, wanted)


def _counted(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries} entries"
