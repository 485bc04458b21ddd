"""Reading and erasing what rests about a person, place by place. What is read here is for that person only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, func, or_, select, update
from sqlalchemy import delete as deleting
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import metadata
from server.privacy.rules.places import BY_TABLE, PLACES, Fate, Place


def is_about(place: Place, person_id: int) -> ColumnElement[bool]:
    """The condition that a row of this place is about the person."""
    columns = [metadata.tables[place.table].c[name] for name in place.whose]
    if not place.within:
        return or_(*(column == person_id for column in columns))
    owner = BY_TABLE[place.within]
    return columns[0].in_(select(metadata.tables[owner.table].c.id).where(is_about(owner, person_id)))


async def count_rows(connection: AsyncConnection, person_id: int) -> Mapping[str, int]:
    """How many rows are about the person, by table; only tables with some."""
    counts = {}
    for place in PLACES:
        found = select(func.count()).select_from(metadata.tables[place.table]).where(is_about(place, person_id))
        counts[place.table] = int((await connection.execute(found)).scalar_one())
    return {table: count for table, count in counts.items() if count}


async def read_rows(connection: AsyncConnection, place: Place, person_id: int) -> tuple[dict[str, Any], ...]:
    """The rows that are about the person, without the secret columns, by the table's key."""
    table = metadata.tables[place.table]
    rows = await connection.execute(
        select(*(table.c[name] for name in place.exported))
        .where(is_about(place, person_id))
        .order_by(*table.primary_key.columns)
    )
    return tuple(dict(row._mapping) for row in rows)


async def erase_rows(connection: AsyncConnection, person_id: int, values: Mapping[str, str]) -> None:
    """Deletes the rows that go, and empties what people wrote in those that stay.

    `values` are what takes the place of what must not be empty, such as `people.name`.
    """
    # Rows that belong to others are deleted before those.
    for place in reversed(PLACES):
        table = metadata.tables[place.table]
        if place.fate is Fate.GOES:
            await connection.execute(deleting(table).where(is_about(place, person_id)))
            continue
        for name, whose in place.blanked.items():
            column = table.c[name]
            blank = None if column.nullable else False if isinstance(column.type, Boolean) else ""
            value = values.get(f"{place.table}.{name}", blank)
            await connection.execute(update(table).where(table.c[whose] == person_id).values({name: value}))
