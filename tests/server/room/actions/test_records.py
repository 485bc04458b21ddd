"""The record goes to who wishes it, once both have ended, and is the same for both."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.calls.actions.entering import record_news
from server.catchups.actions.bookings import withdraw
from server.catchups.rules.errors import BookingOver
from server.db.tables import agreed_records
from server.errors import NotFound
from server.mail.mailer import send_due_emails
from server.room.actions.editing import edit_content
from server.room.actions.records import send_records, wish_record
from server.room.queries.records import RecordWish, record_wish
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition, AgreementChange, ItemChange
from signaling.news import Joined, Left
from tests.server.actors import WITHDREW, a_booking
from tests.server.room.actions.test_editing import batch
from tests.server.sending import SEALER

ADD = Addition("a", ItemKind.ACTION, "Ask at the library")
AGREE = AgreementChange("a", True, "Ask at the library")


@pytest.fixture
async def booking(database, pair):
    """With one action, to which both agree."""
    made = await a_booking(database, pair)
    await edit_content(database, SEALER, pair.mentee, made.id, batch(1, ADD, AGREE))
    await edit_content(database, SEALER, pair.mentor, made.id, batch(1, AGREE, writer="other"))
    return made


async def sent(database, mailer, clock, smtp_server, now):
    """The records that are sent then: to whom, and their text."""
    clock.now = now
    await send_records(database, SEALER, now)
    smtp_server.emails.clear()
    await send_due_emails(database, mailer)
    records = [email for email in smtp_server.emails if "what you agreed" in email["Subject"]]
    return {str(email["To"]): email.get_body(("plain",)).get_content() for email in records}


async def test_it_goes_to_who_wishes_it_when_the_time_is_over(database, pair, booking, mailer, clock, smtp_server):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    sending = database, mailer, clock, smtp_server
    assert await sent(*sending, booking.end - timedelta(seconds=1)) == {}
    found = await sent(*sending, booking.end)
    assert list(found) == ["Sam <sam@example.org>"]
    assert "- Ask at the library (both of you)" in found["Sam <sam@example.org>"]
    assert await sent(*sending, booking.end + timedelta(hours=1)) == {}
    async with database.reading() as connection:
        assert await record_wish(connection, booking.id, pair.mentee.person.id) == RecordWish(True, True)
        assert await record_wish(connection, booking.id, pair.mentor.person.id) == RecordWish(False, False)


async def test_it_waits_until_both_have_left(database, pair, booking, mailer, clock, smtp_server):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    who = ("stay", str(booking.id), str(pair.mentor.person.id))
    await record_news(database, Joined(*who, booking.start.timestamp()))
    sending, later = (database, mailer, clock, smtp_server), booking.end + timedelta(minutes=9)
    assert await sent(*sending, later) == {}
    await record_news(database, Left(*who, later.timestamp(), "left"))
    assert len(await sent(*sending, later)) == 1


async def test_who_wishes_it_later_gets_the_same(database, pair, booking, mailer, clock, smtp_server):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    sending = database, mailer, clock, smtp_server
    [first] = (await sent(*sending, booking.end)).values()
    await edit_content(database, SEALER, pair.mentee, booking.id, batch(2, ItemChange("a", struck=True)))
    await wish_record(database, pair.mentor, booking.id, True, booking.end + timedelta(hours=1))
    [second] = (await sent(*sending, booking.end + timedelta(hours=2))).values()
    assert "- Ask at the library (both of you)" in first
    assert "- Ask at the library (both of you)" in second


async def test_a_wish_is_taken_back(database, pair, booking, mailer, clock, smtp_server):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    await wish_record(database, pair.mentee, booking.id, False, booking.start)
    assert await sent(database, mailer, clock, smtp_server, booking.end) == {}


async def test_it_is_stored_encrypted(database, pair, booking, mailer, clock, smtp_server):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    await sent(database, mailer, clock, smtp_server, booking.end)
    async with database.reading() as connection:
        [sealed] = (await connection.execute(select(agreed_records.c.sealed))).scalars()
    assert b"library" not in sealed


async def test_nothing_is_sent_of_what_was_called_off(database, pair, booking, mailer, clock, smtp_server, count):
    await wish_record(database, pair.mentee, booking.id, True, booking.start)
    await withdraw(database, pair.mentor, booking.id, "", WITHDREW, booking.start)
    assert await sent(database, mailer, clock, smtp_server, booking.end) == {}
    assert await count("agreed_records") == 0
    with pytest.raises(BookingOver):
        await wish_record(database, pair.mentee, booking.id, True, booking.end)


async def test_a_stranger_has_no_wish(database, pair, booking):
    with pytest.raises(NotFound):
        await wish_record(database, pair.stranger, booking.id, True, booking.start)
