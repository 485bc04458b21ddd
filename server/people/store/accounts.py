"""Accounts of those who run the scheme."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import accounts
from server.people.rules.accounts import Account, Role

LIVE = select(accounts).where(accounts.c.ended_at.is_(None))
# Removals wait for each other here, so that two admins cannot remove one another at once.
ADMINS = for_update(LIVE.where(accounts.c.role == Role.ADMIN.value).order_by(accounts.c.id))


async def open_account(connection: AsyncConnection, person_id: int, role: Role, now: datetime) -> Account:
    """An account for this person, who has none; one that was ended is theirs again, in this role."""
    again = update(accounts).where(accounts.c.person_id == person_id).values(role=role.value, ended_at=None)
    row = (await connection.execute(again.returning(accounts))).one_or_none()
    if row is None:
        new = insert(accounts).values(person_id=person_id, role=role.value, made_at=now).returning(accounts)
        row = (await connection.execute(new)).one()
    return account_of(row)


async def find_account(connection: AsyncConnection, account_id: int) -> Account | None:
    row = (await connection.execute(LIVE.where(accounts.c.id == account_id))).one_or_none()
    return account_of(row) if row else None


async def find_account_of(connection: AsyncConnection, person_id: int) -> Account | None:
    row = (await connection.execute(LIVE.where(accounts.c.person_id == person_id))).one_or_none()
    return account_of(row) if row else None


async def lock_admins(connection: AsyncConnection) -> tuple[Account, ...]:
    """The admins' accounts, the oldest first; locked until the transaction ends."""
    return tuple(account_of(row) for row in await connection.execute(ADMINS))


async def set_role(connection: AsyncConnection, account_id: int, role: Role) -> None:
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(role=role.value))


async def end_account(connection: AsyncConnection, account_id: int, now: datetime) -> None:
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(ended_at=now))


async def account_people(connection: AsyncConnection) -> tuple[int, ...]:
    """The ids of the people who have an account."""
    rows = await connection.execute(LIVE.order_by(accounts.c.id))
    return tuple(row.person_id for row in rows)


def account_of(row: Row[Any]) -> Account:
    return Account(row.id, row.person_id, Role(row.role))
