"""What people note for themselves about a catch-up, encrypted."""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.catchups import in_catchups_of
from server.db.tables import reflections
from server.room.sealing import Sealer

OF_PERSON = and_(reflections.c.catchup_id == bindparam("catchup"), reflections.c.person_id == bindparam("person"))
SEALED = select(reflections.c.sealed).where(OF_PERSON)
OF_ONE = select(reflections).where(
    reflections.c.person_id == bindparam("person"), in_catchups_of(bindparam("pairs_of"), reflections)
)
MOVE = update(reflections).where(OF_PERSON).values(person_id=bindparam("to"), sealed=bindparam("new"))
ADD, DELETE = insert(reflections), delete(reflections).where(OF_PERSON)


async def read_reflection(connection: AsyncConnection, sealer: Sealer, catchup_id: int, person_id: int) -> str:
    """Empty when there is none. Raises UnreadableContent."""
    of_it = {"catchup": catchup_id, "person": person_id}
    sealed = (await connection.execute(SEALED, of_it)).scalar_one_or_none()
    return sealer.open(sealed, _place(catchup_id, person_id)).decode() if sealed else ""


async def set_reflection(
    connection: AsyncConnection, sealer: Sealer, catchup_id: int, person_id: int, text: str, now: datetime
) -> None:
    """Saves it in place of the earlier one; an empty text deletes it. The catch-up must be locked."""
    await connection.execute(DELETE, {"catchup": catchup_id, "person": person_id})
    if text:
        sealed = sealer.seal(text.encode(), _place(catchup_id, person_id))
        await connection.execute(ADD, {"catchup_id": catchup_id, "person_id": person_id, "sealed": sealed, "at": now})


async def move_reflections(connection: AsyncConnection, sealer: Sealer, person_id: int, to: int, pairs_of: int) -> None:
    """Makes them those of another person, in the mentorships of `pairs_of`.

    One that cannot be read is kept as it is.
    """
    for row in (await connection.execute(OF_ONE, {"person": person_id, "pairs_of": pairs_of})).all():
        sealed = sealer.move(row.sealed, _place(row.catchup_id, person_id), _place(row.catchup_id, to))
        values = {"catchup": row.catchup_id, "person": person_id, "to": to, "new": sealed}
        await connection.execute(MOVE, values)


def _place(catchup_id: int, person_id: int) -> str:
    return f"reflection:{catchup_id}:{person_id}"
