"""Mentorships, as the API shows them."""

from sqlalchemy import bindparam, select

from server.api.rules.resources import MentorshipResource, MentorshipsFilter, MentorshipsList
from server.api.store.external_ids import NUMBER_OF_PAIR
from server.api.store.mentorships import COLUMNS, read_any_mentorship, resource_of
from server.db.database import Database
from server.db.tables import mentorships

LISTED = (
    select(*COLUMNS).where(mentorships.c.id > bindparam("after")).order_by(mentorships.c.id).limit(bindparam("most"))
)
# There is one at most: an order would have the database walk through the others.
BY_EXTERNAL_ID = select(*COLUMNS).where(mentorships.c.id == NUMBER_OF_PAIR, mentorships.c.id > bindparam("after"))


async def read_mentorships(db: Database, wanted: MentorshipsFilter) -> MentorshipsList:
    values = {"after": wanted.after, "most": wanted.limit + 1, "external_id": wanted.external_id}
    query = LISTED if wanted.external_id is None else BY_EXTERNAL_ID
    async with db.reading() as connection:
        rows = (await connection.execute(query, values)).all()
    items = [resource_of(row) for row in rows[: wanted.limit]]
    return MentorshipsList(items, items[-1].id if len(rows) > wanted.limit else None)


async def read_mentorship(db: Database, mentorship_id: int) -> MentorshipResource:
    """Raises NotFound."""
    async with db.reading() as connection:
        return await read_any_mentorship(connection, mentorship_id)
