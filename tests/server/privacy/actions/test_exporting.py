"""An export of everything about a person is in the audit log before anything is given."""

import pytest
from sqlalchemy import select

from server.db.tables import audit_entries, audit_people
from server.errors import InvalidInput, NotFound
from server.people.rules.accounts import Role
from server.privacy.actions.exporting import note_export
from tests.server.actors import NOW, visitor_with_account


async def test_the_person_and_the_reason_are_kept(database, pair):
    ada = await visitor_with_account(database, NOW, Role.ADMIN)
    await note_export(database, ada, pair.mentee.person.id, "A court asked for it.", NOW)
    exports = select(audit_entries.c.reason, audit_people.c.person_id).join(audit_people)
    async with database.reading() as connection:
        rows = await connection.execute(exports.where(audit_entries.c.act == "exported"))
        assert [tuple(row) for row in rows] == [("A court asked for it.", pair.mentee.person.id)]


@pytest.mark.parametrize("reason", ["", " ", "Sam asked", "for SAM@example.org"])
async def test_a_reason_that_says_nothing_or_names_them_is_refused(database, pair, contents, reason):
    ada = await visitor_with_account(database, NOW, Role.ADMIN)
    before = await contents()
    with pytest.raises(InvalidInput):
        await note_export(database, ada, pair.mentee.person.id, reason, NOW)
    assert await contents() == before


async def test_nobody_without_an_account_exports(database, pair):
    with pytest.raises(NotFound):
        await note_export(database, pair.mentor, pair.mentee.person.id, "I am curious.", NOW)
