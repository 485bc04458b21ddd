"""One person for each email address: what stops the migration, and what it makes of the rest."""

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.db.schema import MigrationStopped, SchemaOutdated, check, migrate

ADD = text(
    "INSERT INTO people (name, email, phone, zone, language, needs, zone_known, discreet, added_at) "
    "VALUES (:name, :email, '', 'UTC', :language, '', :no, :no, CURRENT_TIMESTAMP)"
)
BEFORE = "0006"


async def add(database: Database, *emails: str, language: str = "en") -> None:
    async with database.writing() as connection:
        for email in emails:
            await connection.execute(ADD, {"name": email, "email": email, "language": language, "no": False})


async def test_each_gets_the_key_of_their_address(before):
    await add(before, "Sam@Example.org", "notmail")
    await add(before, "SØREN@exämple.org", language="de")
    await migrate(before)
    await check(before)
    async with before.reading() as connection:
        rows = await connection.execute(
            text("SELECT email, email_key, preferred_name, language_known FROM people ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [
            ("Sam@Example.org", "sam@example.org", "", False),
            ("notmail", "notmail", "", False),
            ("SØREN@exämple.org", "søren@exämple.org", "", True),
        ]


async def test_doubles_stop_it_with_their_ids_and_nothing_is_changed(before):
    await add(before, "sam@example.org", "li@example.org", "SAM@example.org", "Sam@example.org", "LI@example.org")
    with pytest.raises(MigrationStopped, match=r"the ids 1, 3 and 4; 2 and 5\. .* run fireside migrate again\.$"):
        await migrate(before)
    with pytest.raises(SchemaOutdated, match="is 0006"):
        await check(before)
    async with before.writing() as connection:
        await connection.execute(text("UPDATE people SET email = 'second-' || id || '@example.org' WHERE id > 2"))
    await migrate(before)
    await check(before)
