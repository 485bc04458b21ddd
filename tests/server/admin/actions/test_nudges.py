"""A mentor is reminded at most once a week, and the mentee not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.admin.actions.mentorships import arrange
from server.admin.actions.nudges import remind_mentor
from server.db.tables import audit_entries, audit_people, outbox
from server.errors import NotFound
from server.people.rules.accounts import Role
from server.people.rules.mentorships import MentorshipEvent, MentorshipUnchanged
from server.people.rules.nudges import AlreadyNudged
from tests.server.actors import NOW, visitor_with_account


@pytest.fixture
async def ben(database):
    return await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")


async def nudged(database):
    async with database.reading() as connection:
        return [
            (row.recipient_id, row.path)
            for row in await connection.execute(select(outbox).where(outbox.c.kind == "nudge"))
        ]


async def test_the_mentor_gets_one_email_a_week(database, pair, ben):
    path = f"/mentorships/{pair.mentorship_id}/offers/new"
    await remind_mentor(database, ben, pair.mentorship_id, NOW)
    with pytest.raises(AlreadyNudged):
        await remind_mentor(database, ben, pair.mentorship_id, NOW + timedelta(days=1))
    assert await nudged(database) == [(pair.mentor.person.id, path)]
    await remind_mentor(database, ben, pair.mentorship_id, NOW + timedelta(days=7))
    assert len(await nudged(database)) == 2
    async with database.reading() as connection:
        acts = await connection.execute(
            select(audit_people.c.person_id)
            .join(audit_entries, audit_entries.c.id == audit_people.c.entry_id)
            .where(audit_entries.c.act == "reminded_mentor")
        )
        assert sorted(acts.scalars()) == sorted([pair.mentor.person.id, pair.mentee.person.id] * 2)


async def test_a_mentorship_that_rests_or_is_none_gets_no_reminder(database, pair, ben):
    await arrange(database, ben, pair.mentorship_id, MentorshipEvent.PAUSE, NOW)
    with pytest.raises(MentorshipUnchanged):
        await remind_mentor(database, ben, pair.mentorship_id, NOW)
    with pytest.raises(NotFound):
        await remind_mentor(database, ben, 999, NOW)
    assert await nudged(database) == []
