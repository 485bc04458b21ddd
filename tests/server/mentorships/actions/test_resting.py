"""Either of the two pauses, goes on and ends; the other is told kindly; the scheme sees that, and not why."""

import pytest
from sqlalchemy import select

from server.admin.actions.mentorships import arrange
from server.catchups.actions.offers import make_offer
from server.db.tables import audit_entries, offers, outbox
from server.errors import NotFound
from server.mail.mailer import send_due_emails
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.queries.home import read_mentorship_home
from server.people.rules.accounts import Role
from server.people.rules.mentorships import (
    MentorshipAtRest,
    MentorshipEvent,
    MentorshipState,
    MentorshipUnchanged,
    OnlyScheme,
)
from tests.server.actors import DRAFT, NOW, OFFERED, a_booking, an_offer, visitor_with_account
from tests.server.privacy.actions.test_erasing import rows_with
from tests.server.sending import SEALER

PAUSE, END, RESUME = MentorshipEvent.PAUSE, MentorshipEvent.END, MentorshipEvent.RESUME


async def change(database, pair, event, by="mentee", words="", call_off=False, form="form"):
    visitor = getattr(pair, by)
    return await change_own_mentorship(
        database, SEALER, visitor, pair.mentorship_id, event, form, words, NOW, call_off=call_off
    )


async def home(database, pair, by="mentor"):
    return await read_mentorship_home(database, SEALER, getattr(pair, by), pair.mentorship_id, NOW)


async def test_a_break_takes_offers_back_and_either_ends_it(database, pair):
    await an_offer(database, pair)
    await change(database, pair, PAUSE)
    for by in ("mentor", "mentee"):
        page = await home(database, pair, by)
        assert (page.row.state, page.may_resume, page.offers) == (MentorshipState.PAUSED, True, ())
    async with database.reading() as connection:
        assert (await connection.execute(select(offers.c.state))).scalars().all() == ["withdrawn"]
    with pytest.raises(MentorshipAtRest):
        await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW)
    with pytest.raises(MentorshipUnchanged):
        await change(database, pair, PAUSE)
    await change(database, pair, RESUME, "mentor")
    assert (await home(database, pair)).row.state is MentorshipState.ACTIVE


async def test_the_other_is_told_with_the_words_that_only_they_read(database, pair, mailer, smtp_server, clock):
    await change(database, pair, END, words="Thank you, Maya. I found work!")
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to("maya@example.org")
    text = email.get_body(("plain",)).get_content()
    assert "> Thank you, Maya. I found work!" in text
    assert "Sam has ended your mentorship." in text
    assert smtp_server.emails_to("sam@example.org") == []
    assert await rows_with(database, "I found work") == []
    assert [each.message.body.text for each in (await home(database, pair)).thread.messages] == [
        "Thank you, Maya. I found work!"
    ]
    # Nobody who runs the scheme reads whose wish it was.
    async with database.reading() as connection:
        assert (await connection.execute(select(audit_entries))).all() == []
        kinds = (await connection.execute(select(outbox.c.recipient_id, outbox.c.kind))).all()
    assert kinds == [(pair.mentor.person.id, "other_ended")]


async def test_what_was_agreed_stays_unless_it_is_called_off(database, pair):
    booking = await a_booking(database, pair)
    await change(database, pair, PAUSE)
    assert [view.booking.id for view in (await home(database, pair)).coming] == [booking.id]
    await change(database, pair, RESUME, form="again")
    rested = await change(database, pair, END, call_off=True)
    assert [each.id for each in rested.called_off] == [booking.id]
    assert (await home(database, pair)).coming == ()


async def test_what_has_ended_only_the_scheme_brings_back(database, pair):
    await change(database, pair, END)
    with pytest.raises(OnlyScheme):
        await change(database, pair, RESUME)
    ada = await visitor_with_account(database, NOW, Role.ADMIN)
    await arrange(database, ada, pair.mentorship_id, RESUME, NOW)
    await arrange(database, ada, pair.mentorship_id, PAUSE, NOW)
    assert not (await home(database, pair)).may_resume
    with pytest.raises(OnlyScheme):
        await change(database, pair, RESUME)


async def test_nobody_else_changes_it(database, pair, contents):
    before = await contents()
    with pytest.raises(NotFound):
        await change(database, pair, END, "stranger")
    assert await contents() == before
