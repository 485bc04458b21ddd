"""Ending a call that goes on: why is kept, and nobody comes back to it."""

import pytest
from sqlalchemy import select

from server.admin.actions.calls import end_running_call, note_drained
from server.calls.actions.entering import enter_call, find_uninvited, record_news
from server.calls.rules.errors import CallEnded, CallOver
from server.catchups.rules.join_window import JoinWindow
from server.db.tables import audit_entries
from server.errors import InvalidInput, NotFound
from server.people.rules.accounts import Role
from signaling.news import Joined, Present
from tests.server.actors import FIRST, a_booking, visitor_with_account


@pytest.fixture
async def ben(database):
    return await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")


async def test_nobody_comes_back_to_a_call_that_was_ended(database, pair, ben):
    booking = await a_booking(database, pair)
    mentor = pair.mentor.person.id
    with pytest.raises(CallOver):
        await end_running_call(database, ben, booking.id, "A test.", FIRST)
    await record_news(database, Joined("m", str(booking.id), str(mentor), FIRST.timestamp()))
    with pytest.raises(InvalidInput):
        await end_running_call(database, ben, booking.id, " ", FIRST)
    await enter_call(database, pair.mentee, booking.id, FIRST, JoinWindow())
    both = await end_running_call(database, ben, booking.id, "They were\nreported.", FIRST)
    assert both == (mentor, pair.mentee.person.id)
    with pytest.raises(CallEnded):
        await enter_call(database, pair.mentee, booking.id, FIRST, JoinWindow())
    # Should the server die before they are taken out.
    assert await find_uninvited(database, Present(("m",), FIRST.timestamp())) == ((str(booking.id), str(mentor)),)
    with pytest.raises(CallOver):
        await end_running_call(database, ben, booking.id, "Again.", FIRST)
    with pytest.raises(NotFound):
        await end_running_call(database, ben, 999, "A test.", FIRST)
    await note_drained(database, ben, 1, FIRST)
    async with database.reading() as connection:
        rows = await connection.execute(select(audit_entries).where(audit_entries.c.subject_id.is_not(None)))
        found = [(row.act, row.subject_kind, row.subject_id, row.reason) for row in rows]
    assert found[-2:] == [
        ("ended_call", "booking", booking.id, "They were reported."),
        ("drained_relay", "relay", 1, ""),
    ]
