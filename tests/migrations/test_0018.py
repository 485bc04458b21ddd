"""Nobody who was there before counts as erased."""

from sqlalchemy import select

from server.db.database import Database
from server.db.schema import check, migrate
from server.db.tables import people
from tests.migrations.test_0012 import ADD_PERSON
from tests.server.actors import NOW

BEFORE = "0013"


async def test_people_are_as_they_were(before: Database) -> None:
    async with before.writing() as connection:
        await connection.execute(ADD_PERSON, {"email": "sam@example.org", "no": False, "now": NOW})
    await migrate(before)
    await check(before)
    async with before.reading() as connection:
        (row,) = await connection.execute(select(people))
    assert (row.email, row.erased_at, row.cleared_at) == ("sam@example.org", None, None)
