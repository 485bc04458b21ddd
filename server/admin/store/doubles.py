"""By what people are compared, and the pairs of those who are probably one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, delete, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import KeyKind, Traits
from server.db.tables import double_keys, doubles, people
from server.people.store.contacts import any_contacts

AT_ONCE = 20
# Of a key that very many have, only some are compared: it says little.
MOST_OTHERS = 500
IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
# In the words of the index.
IS_TO_COMPARE = text("to_compare")
ANY_TO_COMPARE = select(people.c.id).where(IS_TO_COMPARE).limit(1)
TO_COMPARE: Select[Any] = select(people).where(IS_TO_COMPARE).order_by(people.c.id).limit(AT_ONCE)
COMPARED = update(people).where(people.c.id.in_(IDS)).values(to_compare=False)
TRAITS: Select[Any] = select(people).where(
    people.c.id.in_(IDS), people.c.erased_at.is_(None), people.c.merged_into.is_(None)
)
FORGET_KEYS = delete(double_keys).where(double_keys.c.person_id.in_(IDS))
# By one index each: for both conditions at once the table would be walked through.
ALL_OF = select(doubles).where(doubles.c.first_id.in_(IDS)).union(select(doubles).where(doubles.c.second_id.in_(IDS)))
FORGET = delete(doubles).where(doubles.c.id.in_(IDS))
WITH_KEY = (
    select(double_keys.c.person_id)
    .where(double_keys.c.kind == bindparam("kind"), double_keys.c.key == bindparam("key"))
    .limit(MOST_OTHERS)
)
LISTED = (
    select(doubles)
    .where(text("dismissed_at IS NULL"), doubles.c.id > bindparam("after"))
    .order_by(doubles.c.id)
    .limit(bindparam("most"))
)
ONE = select(doubles).where(doubles.c.id == bindparam("id"))
BETWEEN = select(doubles.c.id).where(
    tuple_(doubles.c.first_id, doubles.c.second_id) == tuple_(bindparam("first"), bindparam("second"))
)
DISMISS = update(doubles).where(doubles.c.id == bindparam("of_id")).values(dismissed_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class Double:
    """Two people who are probably one, by their ids."""

    id: int
    first_id: int
    second_id: int
    dismissed: bool


async def is_anybody_to_compare(connection: AsyncConnection) -> bool:
    return (await connection.execute(ANY_TO_COMPARE)).first() is not None


async def people_to_compare(connection: AsyncConnection) -> Mapping[int, Traits | None]:
    """The next of those who are new or have changed, by id; None for one who was erased or merged since."""
    rows = (await connection.execute(TO_COMPARE)).all()
    found = await _traits(connection, [row for row in rows if not row.erased_at and not row.merged_into])
    return {row.id: found.get(row.id) for row in rows}


async def traits_of(connection: AsyncConnection, ids: Collection[int]) -> Mapping[int, Traits]:
    """Of those of these people who were neither erased nor merged."""
    return await _traits(connection, (await connection.execute(TRAITS, {"ids": list(ids)})).all())


async def note_compared(connection: AsyncConnection, keys: Mapping[int, Mapping[KeyKind, str]]) -> None:
    """Keeps these keys of each of the people, in place of the earlier ones."""
    ids = {"ids": list(keys)}
    await connection.execute(FORGET_KEYS, ids)
    rows = [
        {"person_id": person_id, "kind": kind.value, "key": key}
        for person_id, theirs in keys.items()
        for kind, key in theirs.items()
    ]
    if rows:
        await connection.execute(insert(double_keys), rows)
    await connection.execute(COMPARED, ids)


async def people_with_key(connection: AsyncConnection, kind: KeyKind, key: str) -> tuple[int, ...]:
    """The ids of those who have this key, at most MOST_OTHERS."""
    return tuple((await connection.execute(WITH_KEY, {"kind": kind.value, "key": key})).scalars())


async def doubles_of(connection: AsyncConnection, ids: Collection[int]) -> tuple[Double, ...]:
    """Those that one of these people is in, also dismissed ones."""
    return tuple(_double_of(row) for row in await connection.execute(ALL_OF, {"ids": list(ids)}))


async def add_doubles(connection: AsyncConnection, pairs: Collection[tuple[int, int]]) -> None:
    """New ones; in each the smaller id comes first."""
    if pairs:
        await connection.execute(insert(doubles), [{"first_id": one, "second_id": two} for one, two in sorted(pairs)])


async def forget_doubles(connection: AsyncConnection, ids: Collection[int]) -> None:
    await connection.execute(FORGET, {"ids": list(ids)})


async def list_doubles(connection: AsyncConnection, after: int, most: int) -> tuple[Double, ...]:
    rows = await connection.execute(LISTED, {"after": after, "most": most})
    return tuple(_double_of(row) for row in rows)


async def find_double(connection: AsyncConnection, double_id: int) -> Double | None:
    row = (await connection.execute(ONE, {"id": double_id})).one_or_none()
    return _double_of(row) if row else None


async def find_or_add_double(connection: AsyncConnection, one: int, two: int) -> int:
    """Its id."""
    first, second = sorted((one, two))
    found = (await connection.execute(BETWEEN, {"first": first, "second": second})).scalar_one_or_none()
    if found is None:
        new = insert(doubles).values(first_id=first, second_id=second).returning(doubles.c.id)
        found = (await connection.execute(new)).scalar_one()
    return int(found)


async def dismiss(connection: AsyncConnection, double_id: int, now: datetime) -> None:
    await connection.execute(DISMISS, {"of_id": double_id, "now": now})


def _double_of(row: Row[Any]) -> Double:
    return Double(row.id, row.first_id, row.second_id, row.dismissed_at is not None)


async def _traits(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[int, Traits]:
    contacts = await any_contacts(connection, [row.id for row in rows]) if rows else {}
    return {row.id: Traits(row.name, contacts[row.id].email, contacts[row.id].phone, row.zone) for row in rows}
