"""How things are with people, encrypted. What is over is not read, and goes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import situations
from server.mentorships.rules.situations import Situation
from server.people.store.people import pairs_of
from server.room.sealing import Sealer

IN_MENTORSHIP = situations.c.mentorship_id == bindparam("mentorship")
STANDING = select(situations).where(IN_MENTORSHIP, situations.c.until >= bindparam("today"))
ADD = insert(situations)
DELETE = delete(situations).where(and_(IN_MENTORSHIP, situations.c.person_id == bindparam("person")))
OF_ONE = select(situations).where(
    situations.c.person_id == bindparam("person"), situations.c.mentorship_id.in_(pairs_of(bindparam("pairs_of")))
)
IN_ONE = select(situations).where(IN_MENTORSHIP)
MOVE = (
    update(situations)
    .where(IN_MENTORSHIP, situations.c.person_id == bindparam("person"))
    .values(mentorship_id=bindparam("to_mentorship"), person_id=bindparam("to_person"), sealed=bindparam("new"))
)
FORGET = delete(situations).where(situations.c.until < bindparam("today"))


async def read_situations(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, today: date
) -> Mapping[int, Situation]:
    """Those of the two, by their ids. Raises UnreadableContent."""
    rows = await connection.execute(STANDING, {"mentorship": mentorship_id, "today": today})
    return {
        row.person_id: Situation(sealer.open(row.sealed, _place(mentorship_id, row.person_id)).decode(), row.until)
        for row in rows
    }


async def set_situation(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, person_id: int, situation: Situation | None
) -> None:
    """In place of the one before; None for no new one. The mentorship must be locked."""
    await connection.execute(DELETE, {"mentorship": mentorship_id, "person": person_id})
    if situation is not None:
        sealed = sealer.seal(situation.text.encode(), _place(mentorship_id, person_id))
        of_it = {"mentorship_id": mentorship_id, "person_id": person_id}
        await connection.execute(ADD, of_it | {"until": situation.until, "sealed": sealed})


async def move_situations(connection: AsyncConnection, sealer: Sealer, person_id: int, to: int, of: int) -> None:
    """Makes them those of another person, in the mentorships of `of`. One that cannot be read is kept as it is."""
    for row in (await connection.execute(OF_ONE, {"person": person_id, "pairs_of": of})).all():
        await _move(connection, sealer, row, row.mentorship_id, to)


async def join_situations(connection: AsyncConnection, sealer: Sealer, mentorship_id: int, to: int) -> None:
    """Takes those of a mentorship into another of the same two. Of each person's the one that lasts longer stays."""
    there = {row.person_id: row for row in await connection.execute(IN_ONE, {"mentorship": to})}
    for row in (await connection.execute(IN_ONE, {"mentorship": mentorship_id})).all():
        other = there.get(row.person_id)
        if other is not None:
            shorter = min(row, other, key=lambda each: each.until)
            wanted = {"mentorship": shorter.mentorship_id, "person": row.person_id}
            await connection.execute(DELETE, wanted)
        if other is None or shorter is other:
            await _move(connection, sealer, row, to, row.person_id)


async def _move(connection: AsyncConnection, sealer: Sealer, row: Row[Any], mentorship_id: int, person_id: int) -> None:
    sealed = sealer.move(row.sealed, _place(row.mentorship_id, row.person_id), _place(mentorship_id, person_id))
    values = {"mentorship": row.mentorship_id, "person": row.person_id, "new": sealed}
    await connection.execute(MOVE, values | {"to_mentorship": mentorship_id, "to_person": person_id})


async def forget_situations(connection: AsyncConnection, today: date) -> None:
    """Deletes those that are over."""
    await connection.execute(FORGET, {"today": today})


def _place(mentorship_id: int, person_id: int) -> str:
    return f"situation:{mentorship_id}:{person_id}"
