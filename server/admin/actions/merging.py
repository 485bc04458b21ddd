"""Merging two records of one person into one. It cannot be undone."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import AlreadyMerged
from server.admin.store import merging
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import InvalidInput, NotFound
from server.i18n.texts import N_
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.audit import record
from server.people.store.contacts import any_contacts
from server.people.store.imports import lock_additions
from server.privacy.rules.mentions import mentions, names_of, with_parts
from server.room.sealing import Sealer

# Who was signed in as the one who went may be writing at that moment; what they write follows after this.
SETTLES_AFTER = timedelta(minutes=10)


async def merge_people(
    db: Database,
    visitor: Visitor,
    kept: int,
    gone: int,
    name: str,
    reason: str,
    sealer: Sealer,
    now: datetime,
) -> None:
    """Makes one person of two: `kept` is the one whose address and details stay, `name` that of one of them.

    Links and addresses of both lead to the one. Raises NotFound, InvalidInput about `reason` or `name`, AlreadyMerged,
    or what `merging.check_mergeable` raises.
    """
    async with db.writing() as connection:
        await lock_additions(connection)
        await people.lock_people(connection, (kept, gone))
        rows = await _both(connection, kept, gone)
        pairs = await merging.check_mergeable(connection, kept, gone)
        if name not in {row.name for row in rows.values()}:
            raise InvalidInput("name", N_("Please choose one from the list."))
        contacts = await any_contacts(connection, (kept, gone))
        names = frozenset[str]().union(
            *(names_of(row.name, row.preferred_name, contacts[row.id].email) for row in rows.values())
        )
        if mentions(reason, with_parts(names)):
            raise InvalidInput("reason", N_("Please give the reason without naming the person: nobody can remove it."))
        await merging.move_everything(connection, sealer, kept, gone, now, pairs)
        phone = contacts[kept].phone or contacts[gone].phone
        await _fill(connection, rows[kept], rows[gone], phone)
        await people.set_name(connection, kept, name)
        await _leave(connection, rows[gone], kept, now)
        for each in (kept, gone, *(pair.other_id for pair in pairs)):
            note_change(connection, Topic("person", each))
        subject = AuditSubject("person", kept)
        await record(
            connection, acting(visitor), Act.MERGED_PEOPLE, now, people=(kept,), subject=subject, reason=reason
        )


async def settle_merges(db: Database, sealer: Sealer, now: datetime) -> None:
    """What somebody wrote as the one who went, while the two were merged, follows."""
    async with db.reading() as connection:
        if not await merging.people_to_settle(connection, now):
            return
    async with db.writing() as connection:
        for gone, kept in await merging.people_to_settle(connection, now):
            await merging.move_everything(connection, sealer, kept, gone, now)
            await merging.note_settled(connection, gone)


async def _both(connection: AsyncConnection, kept: int, gone: int) -> dict[int, Row[Any]]:
    """Raises NotFound, or AlreadyMerged."""
    rows = {row.id: row for row in await merging.both_people(connection, (kept, gone))}
    if len(rows) < 2:
        raise NotFound
    if any(row.merged_into or row.erased_at for row in rows.values()):
        raise AlreadyMerged
    return rows


async def _fill(connection: AsyncConnection, kept: Row[Any], gone: Row[Any], phone: str) -> None:
    """What the one who stays has not said is taken from the other."""
    opened = [row.opened_at for row in (kept, gone) if row.opened_at]
    if not kept.external_id:
        await merging.change_row(connection, gone.id, {"external_id": None})
    values = {
        "external_id": kept.external_id or gone.external_id,
        "phone": phone,
        "needs": kept.needs or gone.needs,
        "preferred_name": kept.preferred_name or gone.preferred_name,
        "discreet": kept.discreet or gone.discreet,
        "added_at": min(kept.added_at, gone.added_at),
        "opened_at": min(opened, default=None),
    }
    for what in ("zone", "language"):
        known = f"{what}_known"
        if not getattr(kept, known) and getattr(gone, known):
            values |= {what: getattr(gone, what), known: True}
    await merging.change_row(connection, kept.id, values)


async def _leave(connection: AsyncConnection, gone: Row[Any], kept: int, now: datetime) -> None:
    """Only the name and the address are left, which lead to the other."""
    values = {
        "merged_into": kept,
        "settles_at": now + SETTLES_AFTER,
        "phone": "",
        "needs": "",
        "preferred_name": "",
        "opened_at": gone.opened_at or now,
        "to_compare": False,
    }
    await merging.change_row(connection, gone.id, values)
