"""People, as the API shows them: the list by numbers alone."""

from sqlalchemy import bindparam, or_, select

from server.api.rules.resources import ListedPerson, PeopleFilter, PeopleList
from server.db.database import Database
from server.db.tables import people
from server.people.store.merged import now_of
from server.people.store.people import IS_LISTED

NUMBERS = select(people.c.id, people.c.external_id, people.c.added_at, people.c.erased_at).where(
    people.c.merged_into.is_(None), or_(people.c.erased_at.is_not(None), IS_LISTED)
)
LISTED = NUMBERS.where(people.c.id > bindparam("after")).order_by(people.c.id).limit(bindparam("most"))
# Of somebody who was merged into another, that other. There is one at most: an order would have the database walk
# through the others.
named = people.alias("named")
BY_EXTERNAL_ID = NUMBERS.where(
    people.c.id == select(now_of(named)).where(named.c.external_id == bindparam("external_id")).scalar_subquery(),
    people.c.id > bindparam("after"),
)


async def read_people(db: Database, wanted: PeopleFilter) -> PeopleList:
    values = {"after": wanted.after, "most": wanted.limit + 1, "external_id": wanted.external_id}
    query = LISTED if wanted.external_id is None else BY_EXTERNAL_ID
    async with db.reading() as connection:
        rows = (await connection.execute(query, values)).all()
    items = [
        # What is left of an erased person's is of no use to anybody else.
        ListedPerson(row.id, None if row.erased_at else row.external_id, row.added_at, row.erased_at)
        for row in rows[: wanted.limit]
    ]
    return PeopleList(items, items[-1].id if len(rows) > wanted.limit else None)
