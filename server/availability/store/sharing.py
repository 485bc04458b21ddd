"""How many of their free times people show the other of a mentorship."""

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Share
from server.db.tables import shared_times
from server.people.store.people import lock_people

SHARES = select(shared_times.c.mentorship_id, shared_times.c.share).where(
    shared_times.c.mentorship_id.in_(bindparam("ids", expanding=True)),
    shared_times.c.person_id == bindparam("person_id"),
)


async def shares_of(
    connection: AsyncConnection, person_id: int, mentorship_ids: tuple[int, ...]
) -> Mapping[int, Share]:
    """What this person shows in each of these mentorships, by its id."""
    rows = await connection.execute(SHARES, {"ids": list(mentorship_ids), "person_id": person_id})
    return dict.fromkeys(mentorship_ids, Share.NOTHING) | {row.mentorship_id: Share(row.share) for row in rows}


async def set_share(connection: AsyncConnection, person_id: int, mentorship_id: int, share: Share) -> None:
    # Two pages that are saved at once come one after the other.
    await lock_people(connection, (person_id,))
    theirs = shared_times.c.mentorship_id == mentorship_id, shared_times.c.person_id == person_id
    await connection.execute(delete(shared_times).where(*theirs))
    if share is not Share.NOTHING:
        row = {"mentorship_id": mentorship_id, "person_id": person_id, "share": share.value}
        await connection.execute(insert(shared_times).values(row))
