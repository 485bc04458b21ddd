"""What is done about emails and set-aside work is in the audit log; what is not there changes nothing."""

import pytest
from sqlalchemy import select

from server.admin.actions.emails import clear_set_aside, send_again, try_server_again
from server.db.set_aside import Work, put_aside
from server.db.tables import audit_entries, set_aside
from server.errors import NotFound
from server.people.rules.accounts import Role
from tests.server.actors import NOW, visitor_with_account


@pytest.fixture
async def ben(database):
    return await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")


async def test_each_act_is_recorded(database, ben):
    async with database.writing() as connection:
        await put_aside(connection, Work.NEWS, "left", None, "ValueError", NOW)
        number = (await connection.execute(select(set_aside.c.id))).scalar_one()
    await try_server_again(database, ben, NOW)
    await clear_set_aside(database, ben, number, NOW)
    async with database.reading() as connection:
        rows = await connection.execute(
            select(audit_entries).where(audit_entries.c.account_id == ben.account.id).order_by(audit_entries.c.id)
        )
    assert [(row.act, row.subject_kind, row.subject_id) for row in rows][1:] == [
        ("tried_mail_server", None, None),
        ("cleared_set_aside", "set_aside", number),
    ]


@pytest.mark.parametrize("act", [send_again, clear_set_aside])
async def test_what_is_not_there_is_not_found_and_not_recorded(database, ben, contents, act):
    before = await contents()
    with pytest.raises(NotFound):
        await act(database, ben, 999, NOW)
    assert await contents() == before
