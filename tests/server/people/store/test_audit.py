"""The audit log is only added to, on both databases, by whatever SQL."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from server.db.tables import audit_entries, audit_people
from server.errors import InvalidInput
from server.people.rules.audit import COMMAND_LINE, Act, AuditSubject, actor_of
from server.people.store.audit import record
from tests.server.actors import NOW, visitor_with_account


async def test_an_entry_says_who_did_what_to_whose_data_and_why(database, pair):
    ada = await visitor_with_account(database)
    ids = (pair.mentee.person.id, pair.mentor.person.id, pair.mentee.person.id)
    async with database.writing() as connection:
        await record(
            connection,
            actor_of(ada.account),
            Act.EXPORTED,
            NOW,
            people=ids,
            subject=AuditSubject("booking", 7),
            reason=" Audit\n",
        )
        row = (await connection.execute(select(audit_entries).order_by(audit_entries.c.id.desc()).limit(1))).one()
        whose = await connection.execute(
            select(audit_people.c.person_id).where(audit_people.c.entry_id == row.id).order_by(audit_people.c.person_id)
        )
        assert whose.scalars().all() == sorted(set(ids))
    assert (row.at, row.account_id, row.act, row.subject_kind, row.subject_id, row.reason) == (
        NOW,
        ada.account.id,
        "exported",
        "booking",
        7,
        "Audit",
    )


async def test_an_export_without_a_reason_is_not_recorded_and_so_does_not_happen(database, count):
    with pytest.raises(InvalidInput):
        async with database.writing() as connection:
            await record(connection, COMMAND_LINE, Act.EXPORTED, NOW)
    assert await count("audit_entries") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET act = 'nothing'",
        "DELETE FROM audit_entries WHERE id > 0",
        "UPDATE audit_people SET person_id = 2",
        "DELETE FROM audit_people",
        "TRUNCATE audit_entries, audit_people",
    ],
)
async def test_no_entry_is_changed_or_deleted(database, pair, contents, statement):
    if database.is_sqlite and statement.startswith("TRUNCATE"):
        return
    async with database.writing() as connection:
        await record(connection, COMMAND_LINE, Act.CHANGED_PERSON, NOW, people=(pair.mentor.person.id,))
    before = await contents()
    with pytest.raises(DBAPIError, match="the audit log is only added to"):
        async with database.writing() as connection:
            await connection.execute(text(statement))
    assert await contents() == before
