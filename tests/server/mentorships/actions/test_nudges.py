"""A mentor is reminded after weeks of silence, seldom, and never the mentee."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.admin.actions.nudges import remind_mentor
from server.db.tables import mentorships, outbox
from server.errors import NotFound
from server.mail.mailer import send_due_emails
from server.mentorships.actions.messages import send_message
from server.mentorships.actions.nudges import nudge_mentors, put_off_nudges
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.rules.nudges import AGAIN, NOT_THIS_MONTH, SILENCE
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.accounts import Role
from server.people.rules.mentorships import MentorshipEvent
from tests.server.actors import NOW, a_booking, visitor_with_account
from tests.server.privacy.actions.test_erasing import erase
from tests.server.sending import SEALER


async def reminded(database):
    kind = outbox.c.kind == "reaching_out"
    async with database.reading() as connection:
        return (await connection.execute(select(outbox.c.recipient_id).where(kind))).scalars().all()


async def test_once_after_weeks_of_silence(database, pair):
    assert await nudge_mentors(database, NOW) == 0
    assert await nudge_mentors(database, NOW + SILENCE - timedelta(hours=1)) == 0
    assert await nudge_mentors(database, NOW + SILENCE) == 1
    assert await nudge_mentors(database, NOW + SILENCE + timedelta(minutes=1)) == 0
    assert await reminded(database) == [pair.mentor.person.id]
    assert await nudge_mentors(database, NOW + SILENCE + AGAIN) == 1


async def test_a_message_or_a_plan_holds_it_back(database, pair):
    await nudge_mentors(database, NOW)
    later = NOW + timedelta(days=20)
    await send_message(database, SEALER, pair.mentee, pair.mentorship_id, "f", "Hello", None, later)
    assert await nudge_mentors(database, NOW + SILENCE) == 0
    await a_booking(database, pair, later + SILENCE + timedelta(days=1))
    assert await nudge_mentors(database, later + SILENCE) == 0
    assert await reminded(database) == []


async def test_a_mentor_of_many_gets_one_a_week(database, pair):
    async with database.writing() as connection:
        lena = await find_or_add_person(connection, NewPerson("Lena", "lena@example.org", "UTC"), NOW)
        await find_or_add_mentorship(connection, pair.mentor.person, lena, NOW)
    assert await nudge_mentors(database, NOW + SILENCE) == 1
    assert await nudge_mentors(database, NOW + SILENCE + timedelta(days=6)) == 0
    assert await nudge_mentors(database, NOW + SILENCE + timedelta(days=7)) == 1


async def test_a_reminder_that_the_scheme_asked_for_counts_too(database, pair):
    ben = await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")
    await nudge_mentors(database, NOW)
    await remind_mentor(database, ben, pair.mentorship_id, NOW + SILENCE - timedelta(days=1))
    assert await nudge_mentors(database, NOW + SILENCE) == 0
    assert await nudge_mentors(database, NOW + SILENCE + timedelta(days=6)) == 1


async def test_not_this_month(database, pair):
    await put_off_nudges(database, pair.mentor, pair.mentorship_id, NOW + SILENCE)
    assert await nudge_mentors(database, NOW + SILENCE + NOT_THIS_MONTH - timedelta(minutes=1)) == 0
    assert await nudge_mentors(database, NOW + SILENCE + NOT_THIS_MONTH) == 1
    for other in (pair.mentee, pair.stranger):
        with pytest.raises(NotFound):
            await put_off_nudges(database, other, pair.mentorship_id, NOW)


async def test_not_in_a_pause_and_not_about_somebody_erased(database, pair):
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, MentorshipEvent.PAUSE, "f", "", NOW)
    assert await nudge_mentors(database, NOW + SILENCE) == 0
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, MentorshipEvent.RESUME, "g", "", NOW)
    await erase(database, pair.mentee.person, NOW)
    assert await nudge_mentors(database, NOW + SILENCE) == 0
    async with database.reading() as connection:
        assert (await connection.execute(select(mentorships.c.nudge_at))).scalar_one() > NOW + SILENCE


async def test_the_email_is_kind_and_leads_to_a_message_ready_to_change(database, pair, mailer, clock, smtp_server):
    clock.now = NOW + SILENCE
    await nudge_mentors(database, clock.now)
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails
    text = email.get_body(("plain",)).get_content()
    assert email["To"].addresses[0].addr_spec == "maya@example.org"
    assert "That happens, and it need not mean anything." in " ".join(text.split())
