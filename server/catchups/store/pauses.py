"""Pauses: until when people do not want to be asked."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import catchups, pauses

PAUSES_OF = select(pauses).where(pauses.c.mentorship_id.in_(bindparam("ids", expanding=True)))


async def set_pause(connection: AsyncConnection, catchup_id: int, person_id: int, until: datetime) -> None:
    """Sets it for the mentorship of this catch-up, in place of the one before.

    The ledger's head must be locked: the same person may postpone two catch-ups of a mentorship at once.
    """
    mentorship_id = await _mentorship_of(connection, catchup_id)
    await _end(connection, mentorship_id, person_id)
    await connection.execute(insert(pauses).values(mentorship_id=mentorship_id, person_id=person_id, until=until))


async def end_pause(
    connection: AsyncConnection, catchup_id: int, person_id: int, until: datetime | None = None
) -> None:
    """Deletes it for the mentorship of this catch-up; with `until`, only the pause that lasts until then."""
    await _end(connection, await _mentorship_of(connection, catchup_id), person_id, until)


async def pauses_of(connection: AsyncConnection, mentorship_ids: tuple[int, ...]) -> dict[tuple[int, int], datetime]:
    """Until when, by mentorship and the person who asked for it."""
    rows = await connection.execute(PAUSES_OF, {"ids": list(mentorship_ids)})
    return {(row.mentorship_id, row.person_id): row.until for row in rows}


async def _mentorship_of(connection: AsyncConnection, catchup_id: int) -> int:
    found = await connection.execute(select(catchups.c.mentorship_id).where(catchups.c.id == catchup_id))
    return int(found.scalar_one())


async def _end(connection: AsyncConnection, mentorship_id: int, person_id: int, until: datetime | None = None) -> None:
    theirs = delete(pauses).where(pauses.c.mentorship_id == mentorship_id, pauses.c.person_id == person_id)
    await connection.execute(theirs if until is None else theirs.where(pauses.c.until == until))
