"""Passkeys, and the challenges that were used up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import passkeys, used_challenges
from server.people.rules.passkeys import CHALLENGE_LASTS, NewPasskey


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    """`rp_id` is the host name of the pages when it was added: elsewhere it does not work. `for_admin`: it opens the
    admin's pages, because it was added in a visit that does."""

    id: int
    person_id: int
    credential_id: str
    public_key: bytes
    sign_count: int
    name: str
    rp_id: str
    for_admin: bool
    added_at: datetime
    used_at: datetime | None


async def add_passkey(
    connection: AsyncConnection,
    person_id: int,
    new: NewPasskey,
    name: str,
    rp_id: str,
    now: datetime,
    *,
    for_admin: bool,
) -> bool:
    """Whether it was not there yet."""
    added = _insert(connection, passkeys).values(
        person_id=person_id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=name,
        rp_id=rp_id,
        for_admin=for_admin,
        added_at=now,
    )
    return (await connection.execute(added.on_conflict_do_nothing())).rowcount == 1


async def lock_any_passkey(connection: AsyncConnection, credential_id: str) -> StoredPasskey | None:
    """The passkey with this credential id, of any person or account; locked until the transaction ends."""
    found = for_update(select(passkeys).where(passkeys.c.credential_id == credential_id))
    row = (await connection.execute(found)).one_or_none()
    return _passkey_of(row) if row else None


async def passkeys_of(connection: AsyncConnection, person_id: int) -> tuple[StoredPasskey, ...]:
    """The oldest first."""
    rows = await connection.execute(select(passkeys).where(passkeys.c.person_id == person_id).order_by(passkeys.c.id))
    return tuple(_passkey_of(row) for row in rows)


async def count_passkeys(connection: AsyncConnection, person_id: int) -> int:
    theirs = select(func.count()).select_from(passkeys).where(passkeys.c.person_id == person_id)
    return int((await connection.execute(theirs)).scalar_one())


async def note_used(connection: AsyncConnection, passkey_id: int, sign_count: int, now: datetime) -> None:
    used = update(passkeys).where(passkeys.c.id == passkey_id).values(sign_count=sign_count, used_at=now)
    await connection.execute(used)


async def remove_passkeys(connection: AsyncConnection, person_id: int, ids: Collection[int]) -> int:
    """Removes those with these ids if they are this person's; returns how many."""
    theirs = passkeys.c.person_id == person_id, passkeys.c.id.in_(list(ids))
    return int((await connection.execute(delete(passkeys).where(*theirs))).rowcount)


async def remove_all_passkeys(connection: AsyncConnection, person_id: int) -> int:
    """Removes all of this person's; returns how many."""
    return int((await connection.execute(delete(passkeys).where(passkeys.c.person_id == person_id))).rowcount)


async def close_admin_pages(connection: AsyncConnection, person_id: int) -> None:
    """Lets this person's passkeys open only their own pages from now on."""
    await connection.execute(update(passkeys).where(passkeys.c.person_id == person_id).values(for_admin=False))


async def use_up(connection: AsyncConnection, challenge_hash: str, now: datetime) -> bool:
    """Whether the challenge was not used yet: from now on it is. Those that have ended are forgotten."""
    await connection.execute(delete(used_challenges).where(used_challenges.c.at <= now - CHALLENGE_LASTS))
    used = _insert(connection, used_challenges).values(hash=challenge_hash, at=now)
    return (await connection.execute(used.on_conflict_do_nothing())).rowcount == 1


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _passkey_of(row: Row[Any]) -> StoredPasskey:
    return StoredPasskey(
        row.id,
        row.person_id,
        row.credential_id,
        row.public_key,
        row.sign_count,
        row.name,
        row.rp_id,
        row.for_admin,
        row.added_at,
        row.used_at,
    )
