"""Who wants no emails about new offers of the other person in a mentorship."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import catchups, mutes

MUTED_IN = (
    select(mutes.c.person_id)
    .join(catchups, catchups.c.mentorship_id == mutes.c.mentorship_id)
    .where(catchups.c.id == bindparam("catchup_id"))
)
MUTES_OF = select(mutes.c.mentorship_id).where(
    mutes.c.person_id == bindparam("person_id"), mutes.c.mentorship_id.in_(bindparam("ids", expanding=True))
)


async def set_mute(connection: AsyncConnection, mentorship_id: int, person_id: int, now: datetime) -> None:
    """The mentorship must be locked."""
    await end_mute(connection, mentorship_id, person_id)
    await connection.execute(insert(mutes).values(mentorship_id=mentorship_id, person_id=person_id, since=now))


async def end_mute(connection: AsyncConnection, mentorship_id: int, person_id: int) -> None:
    theirs = mutes.c.mentorship_id == mentorship_id, mutes.c.person_id == person_id
    await connection.execute(delete(mutes).where(*theirs))


async def muted_in(connection: AsyncConnection, catchup_id: int) -> frozenset[int]:
    """The ids of the people who get no emails about new offers in this catch-up."""
    return frozenset((await connection.execute(MUTED_IN, {"catchup_id": catchup_id})).scalars())


async def mutes_of(connection: AsyncConnection, person_id: int, mentorship_ids: Collection[int]) -> frozenset[int]:
    """Those of these mentorships in which this person gets no emails about new offers."""
    rows = await connection.execute(MUTES_OF, {"person_id": person_id, "ids": list(mentorship_ids)})
    return frozenset(rows.scalars())
