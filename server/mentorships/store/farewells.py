"""The words that each of the two leaves for the other, encrypted."""

from collections.abc import Mapping

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import farewells
from server.people.store.people import pairs_of
from server.room.sealing import Sealer

IN_MENTORSHIP = farewells.c.mentorship_id == bindparam("mentorship")
OF_PERSON = and_(IN_MENTORSHIP, farewells.c.person_id == bindparam("person"))
ALL = select(farewells).where(IN_MENTORSHIP)
OF_ONE = select(farewells).where(
    farewells.c.person_id == bindparam("person"), farewells.c.mentorship_id.in_(pairs_of(bindparam("pairs_of")))
)
ADD, DELETE = insert(farewells), delete(farewells).where(OF_PERSON)
MOVE = (
    update(farewells)
    .where(OF_PERSON)
    .values(mentorship_id=bindparam("to_mentorship"), person_id=bindparam("to_person"), sealed=bindparam("new"))
)


async def read_farewells(connection: AsyncConnection, sealer: Sealer, mentorship_id: int) -> Mapping[int, str]:
    """By the ids of those who left some. Raises UnreadableContent."""
    rows = await connection.execute(ALL, {"mentorship": mentorship_id})
    return {row.person_id: sealer.open(row.sealed, _place(mentorship_id, row.person_id)).decode() for row in rows}


async def set_farewell(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, person_id: int, words: str
) -> None:
    """In place of those before; empty words delete them. The mentorship must be locked."""
    await connection.execute(DELETE, {"mentorship": mentorship_id, "person": person_id})
    if words:
        sealed = sealer.seal(words.encode(), _place(mentorship_id, person_id))
        await connection.execute(ADD, {"mentorship_id": mentorship_id, "person_id": person_id, "sealed": sealed})


async def move_farewells(connection: AsyncConnection, sealer: Sealer, person_id: int, to: int, of: int) -> None:
    """Makes them those of another person, in the mentorships of `of`. One that cannot be read is kept as it is."""
    for row in (await connection.execute(OF_ONE, {"person": person_id, "pairs_of": of})).all():
        await _move(connection, sealer, (row.mentorship_id, person_id), (row.mentorship_id, to), row.sealed)


async def join_farewells(connection: AsyncConnection, sealer: Sealer, mentorship_id: int, to: int) -> None:
    """Takes those of a mentorship into another of the same two; of each person's the one that is there stays."""
    there = {row.person_id for row in await connection.execute(ALL, {"mentorship": to})}
    for row in (await connection.execute(ALL, {"mentorship": mentorship_id})).all():
        if row.person_id in there:
            await connection.execute(DELETE, {"mentorship": mentorship_id, "person": row.person_id})
        else:
            await _move(connection, sealer, (mentorship_id, row.person_id), (to, row.person_id), row.sealed)


async def _move(
    connection: AsyncConnection, sealer: Sealer, place: tuple[int, int], to: tuple[int, int], sealed: bytes
) -> None:
    values = {"mentorship": place[0], "person": place[1], "new": sealer.move(sealed, _place(*place), _place(*to))}
    await connection.execute(MOVE, values | {"to_mentorship": to[0], "to_person": to[1]})


def _place(mentorship_id: int, person_id: int) -> str:
    return f"farewell:{mentorship_id}:{person_id}"
