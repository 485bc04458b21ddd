"""Reading and erasing what rests about a person, place by place. What is read here is for that person only."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import metadata
from server.people.rules.people import nowhere_of
from server.people.store.merged import former_ids
from server.privacy.rules.places import BY_TABLE, PLACES, OnErasure, Place

THE_PERSON: BindParameter[int] = bindparam("the_person")


def is_about(place: Place) -> ColumnElement[bool]:
    """The condition that a row of this place is about the person with the id `the_person`."""
    table, conditions = metadata.tables[place.table], []
    if place.whose:
        conditions.append(or_(*(table.c[name] == THE_PERSON for name in place.whose)))
    if place.within is not None:
        conditions.append(is_within(place))
    return and_(*conditions)


def is_within(place: Place) -> ColumnElement[bool]:
    """The condition that the row to which a row of this place belongs is about the person; the place has one."""
    if place.within is None:
        raise ValueError(f"{place.table} is within no other place")
    column, owner = place.within
    owners = metadata.tables[owner]
    return metadata.tables[place.table].c[column].in_(select(owners.c.id).where(is_about(BY_TABLE[owner])))


def _reading(place: Place) -> Select[Any]:
    table = metadata.tables[place.table]
    columns = [table.c[name] for name in place.exported]
    return select(*columns).where(is_about(place)).order_by(*table.primary_key.columns)


def _blanking(place: Place) -> Iterator[tuple[str, Update]]:
    """For each author's column, what empties the columns of theirs; `places.column` are values that take the place of
    what must not be empty."""
    table = metadata.tables[place.table]
    for author in dict.fromkeys(place.blanked.values()):
        names = [name for name, whose in place.blanked.items() if whose == author]
        yield (
            author,
            update(table)
            .where(is_about(place), table.c[author] == THE_PERSON)
            .values({name: bindparam(f"new_{name}") for name in names}),
        )


READING = {place.table: _reading(place) for place in PLACES}
BLANKING = {place.table: tuple(_blanking(place)) for place in PLACES if place.blanked}
# Rows that belong to others are deleted before those.
DELETING = {
    place.table: delete(metadata.tables[place.table]).where(is_about(place))
    for place in reversed(PLACES)
    if place.on_erasure is OnErasure.GOES
}


async def read_rows(connection: AsyncConnection, person_id: int) -> Mapping[str, tuple[dict[str, Any], ...]]:
    """The rows that are about the person, by table, without the secret columns and in the order of the table's key.

    Those of people who were merged into them come after their own.
    """
    ids = (person_id, *await former_ids(connection, person_id))
    found = {}
    for table, reading in READING.items():
        rows = [row for each in ids for row in await connection.execute(reading, {"the_person": each})]
        found[table] = tuple(dict(row._mapping) for row in dict.fromkeys(rows))
    return found


def values_of_nobody(person_id: int) -> Mapping[str, str]:
    """What takes the place of what must not be empty in the row of a person, but for the name."""
    nowhere = nowhere_of(person_id)
    return {
        "people.email": nowhere,
        "people.email_key": nowhere,
        "people.zone": "UTC",
        "people.language": "en",
    }


async def erase_rows(connection: AsyncConnection, person_id: int, values: Mapping[str, str]) -> None:
    """Deletes the rows that go, and empties what the person wrote in those that stay; not those of people who were
    merged into them. `values` are what takes the place of what must not be empty, such as `people.name`.
    """
    for going in DELETING.values():
        await connection.execute(going, {"the_person": person_id})
    for table, statements in BLANKING.items():
        for author, blanking in statements:
            blanked = {f"new_{name}": _blank(table, name, values) for name in _columns_of(table, author)}
            await connection.execute(blanking, {"the_person": person_id, **blanked})


def _columns_of(table: str, author: str) -> list[str]:
    return [name for name, whose in BY_TABLE[table].blanked.items() if whose == author]


def _blank(table: str, name: str, values: Mapping[str, str]) -> str | bool | None:
    column = metadata.tables[table].c[name]
    blank = None if column.nullable else False if isinstance(column.type, Boolean) else ""
    return values.get(f"{table}.{name}", blank)
