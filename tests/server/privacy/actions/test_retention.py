"""What is older than its period goes, and nothing else; the preview counts the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from server.catchups.actions.answers import decline_offer
from server.catchups.queries.ledger import verify
from server.db.tables import attendances, choice_words, offers, outbox, sessions
from server.mentorships.actions.messages import send_message
from server.privacy.actions import retention
from server.privacy.actions.retention import remove_expired
from server.privacy.queries.retention import preview_expired
from server.privacy.rules.retention import Kept, Period
from server.privacy.store import retention as store
from tests.server.actors import DECLINED, DRAFT, FIRST, NOW, a_booking, an_offer, emails_left
from tests.server.sending import SEALER

LATER = NOW + timedelta(days=100)


def periods(**days: int) -> list[Period]:
    return [Period(kept, days.get(kept, 0)) for kept in Kept]


async def column(database, wanted):
    async with database.reading() as connection:
        return (await connection.execute(select(wanted).order_by(wanted.table.primary_key.columns[0]))).scalars().all()


@pytest.fixture
async def history(database, pair):
    """An offer that was declined with words, and a call that took place, both at NOW; all emails were sent."""
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "I am ill.", DECLINED, NOW)
    booking = await a_booking(database, pair)
    async with database.writing() as connection:
        values = {"booking_id": booking.id, "opened_at": FIRST}
        opened = (await connection.execute(insert(sessions).values(values).returning(sessions.c.id))).scalar_one()
        person = {"session_id": opened, "person_id": pair.mentee.person.id, "uid": "u", "joined_at": FIRST}
        seen = {"seen_at": FIRST, "left_at": FIRST, "connected_seconds": 60.0, "loss": 0.1}
        await connection.execute(insert(attendances).values(person | seen))
    await emails_left(database)


async def test_without_periods_nothing_goes(database, history, contents):
    before = await contents()
    assert await remove_expired(database, periods(), LATER) == dict.fromkeys(Kept, 0)
    assert await contents() == before


async def test_what_is_not_old_enough_stays(database, history, contents):
    before = await contents()
    await remove_expired(database, periods(words=101, quality=101, emails=101), LATER)
    assert await contents() == before


async def test_words_go_but_not_those_about_what_is_to_come(database, pair, history):
    waiting = await an_offer(database, pair, replace(DRAFT, starts=(LATER + timedelta(days=1),)), NOW)
    counts = await preview_expired(database, periods(words=99), LATER)
    assert await remove_expired(database, periods(words=99), LATER) == counts
    assert counts == {Kept.WORDS: 2, Kept.MESSAGES: 0, Kept.QUALITY: 0, Kept.EMAILS: 0}
    assert await column(database, choice_words.c.words) == []
    # Of the booking that is confirmed, and the offer that waits.
    assert (await column(database, offers.c.note))[1:] == [DRAFT.note, DRAFT.note]
    assert waiting.id == 3
    assert (await verify(database)).holds


async def test_messages_go_with_their_files(database, pair, count):
    for form, now in (("old", NOW), ("new", NOW + timedelta(days=2))):
        file = ("plan.pdf", b"%PDF-1.7")
        await send_message(database, SEALER, pair.mentee, pair.mentorship_id, form, "Hello", file, now)
    counts = await preview_expired(database, periods(messages=99), LATER)
    assert await remove_expired(database, periods(messages=99), LATER) == counts
    assert (counts[Kept.MESSAGES], await count("messages"), await count("message_files")) == (1, 1, 1)


async def test_measurements_go_and_the_times_of_calls_stay(database, history):
    counts = await remove_expired(database, periods(quality=98), LATER)
    assert counts[Kept.QUALITY] == 1
    assert await column(database, attendances.c.loss) == [None]
    assert await column(database, attendances.c.joined_at) == [FIRST]


async def test_emails_go_that_were_sent(database, pair, history):
    sent = len([each for each in await column(database, outbox.c.sent_at) if each])
    assert (await remove_expired(database, periods(emails=99), LATER))[Kept.EMAILS] == sent > 0
    assert [each for each in await column(database, outbox.c.sent_at) if each] == []
    assert await column(database, outbox.c.id) != []


async def test_it_goes_on_where_one_round_ends(database, pair, history, monkeypatch):
    """More than one page of rows: each is found once."""
    monkeypatch.setattr(store, "AT_ONCE", 1)
    counts = await preview_expired(database, periods(emails=99), LATER)
    assert counts[Kept.EMAILS] == (await remove_expired(database, periods(emails=99), LATER))[Kept.EMAILS]
    assert retention.EXPIRING is store.EXPIRING
