"""People who were merged into another: entries of the ledger and the audit log keep the id they were made with."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import people

FORMER_IDS = select(people.c.id).where(people.c.merged_into == bindparam("person_id")).order_by(people.c.id)
MERGED_INTO = select(people.c.merged_into).where(people.c.id == bindparam("person_id"))


def now_of(named: FromClause) -> ColumnElement[int]:
    """The id of the person whom a row of people leads to: its own unless they were merged into another."""
    return func.coalesce(named.c.merged_into, named.c.id)


NOW = select(now_of(people)).where(people.c.id == bindparam("person_id"))


def is_of(column: ColumnElement[int], person_id: Any) -> ColumnElement[bool]:
    """The condition that the column names this person, or somebody who was merged into them."""
    theirs = people.alias("theirs")
    return column.in_(select(theirs.c.id).where(or_(theirs.c.id == person_id, theirs.c.merged_into == person_id)))


def who_is_now(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The id of the person whom the column names, as whom they are now."""
    named = people.alias("named")
    return select(now_of(named)).where(named.c.id == column).scalar_subquery()


async def former_ids(connection: AsyncConnection, person_id: int) -> tuple[int, ...]:
    """The ids of those who were merged into this person."""
    return tuple((await connection.execute(FORMER_IDS, {"person_id": person_id})).scalars())


async def id_now(connection: AsyncConnection, person_id: int) -> int:
    """Of the one this person is now: their own unless they were merged into another."""
    found = (await connection.execute(NOW, {"person_id": person_id})).scalar_one_or_none()
    return person_id if found is None else int(found)


async def was_merged(connection: AsyncConnection, person_id: int) -> bool:
    return (await connection.execute(MERGED_INTO, {"person_id": person_id})).scalar_one_or_none() is not None
