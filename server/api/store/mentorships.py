"""One mentorship, as the API shows it."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.api.rules.resources import MentorshipResource
from server.db.tables import mentorships
from server.errors import NotFound

COLUMNS = (
    mentorships.c.id,
    mentorships.c.external_id,
    mentorships.c.mentor_id,
    mentorships.c.mentee_id,
    mentorships.c.state,
    mentorships.c.began_at,
)
ONE = select(*COLUMNS).where(mentorships.c.id == bindparam("id"))


async def read_any_mentorship(connection: AsyncConnection, mentorship_id: int) -> MentorshipResource:
    """Without a check of access. Raises NotFound."""
    row = (await connection.execute(ONE, {"id": mentorship_id})).one_or_none()
    if row is None:
        raise NotFound
    return resource_of(row)


def resource_of(row: Row[*tuple[Any, ...]]) -> MentorshipResource:
    return MentorshipResource(row.id, row.external_id, row.mentor_id, row.mentee_id, row.state, row.began_at)
