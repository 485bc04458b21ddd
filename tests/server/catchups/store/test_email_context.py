"""What emails are about: who, when, which words, as it stands when they are sent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, suggest_other
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.changes.notifications import change_of, notify
from server.catchups.rules.effects import Notice
from server.catchups.store.email_context import read_email_context, still_current
from server.db.tables import delays
from server.mail import outbox
from tests.server.actors import (
    DECLINED,
    DRAFT,
    FIRST,
    NOW,
    OFFERED,
    POSTPONED,
    SECOND,
    SUGGESTED,
    WITHDREW,
    a_booking,
    accepting,
    an_offer,
)

LATER = NOW + timedelta(minutes=1)


async def contexts(database):
    """What the emails that are due are about, by the reader's name and the kind."""
    found = {}
    async with database.writing() as connection:
        while entry := await outbox.claim_due(connection, LATER, LATER + timedelta(hours=1), still_current(LATER)):
            context = await read_email_context(connection, entry)
            found[context.reader(entry.recipient_id).name, entry.kind] = context
    return found


async def test_an_offer_with_its_times_and_both_people(database, pair):
    offer = await an_offer(database, pair)
    context = (await contexts(database))["Sam", "offer_made"]
    assert (context.offer, context.booking, context.moved) == (offer, None, None)
    assert (context.mentor, context.mentee) == (pair.mentor.person, pair.mentee.person)
    assert (context.chosen_by, context.words) == (pair.mentor.person.id, "")
    assert context.other(pair.mentee.person.id) == pair.mentor.person
    assert context.other(pair.mentor.person.id) == pair.mentee.person


async def test_an_answer_with_its_words_and_when_to_ask_again(database, pair):
    declined, postponed = await an_offer(database, pair), await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "Away.", DECLINED, LATER)
    until = await postpone_offer(database, pair.mentee, postponed.id, 4, "In a month.", POSTPONED, LATER)
    found = await contexts(database)
    no, later = found["Maya", "offer_declined"], found["Maya", "offer_postponed"]
    assert (no.words, no.again_at, no.chosen_by) == ("Away.", None, pair.mentee.person.id)
    assert (later.words, later.again_at) == ("In a month.", until)
    assert found["Sam", "you_declined"].chosen_by == pair.mentee.person.id


async def test_a_suggestion_with_the_times_that_it_has(database, pair):
    offer = await an_offer(database, pair)
    draft = replace(DRAFT, note="Better so.", starts=(SECOND + timedelta(days=1),))
    counter = await suggest_other(database, pair.mentee, offer.id, draft, SUGGESTED, OFFERED, LATER)
    found = await contexts(database)
    assert found["Maya", "other_suggested"].offer == found["Sam", "you_suggested"].offer == counter
    assert found["Sam", "you_suggested"].chosen_by == pair.mentee.person.id


async def test_a_booking_that_is_agreed_moved_and_called_off(database, pair):
    booking = await a_booking(database, pair)
    assert (await contexts(database))["Maya", "offer_accepted"].booking == booking
    draft = replace(DRAFT, note="", starts=(SECOND,))
    wish = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    asked = (await contexts(database))["Sam", "move_asked"]
    assert (asked.booking, asked.moved) == (None, booking)
    moved = await accept_offer(database, pair.mentee, wish.id, accepting(SECOND), NOW)
    agreed = (await contexts(database))["Sam", "booking_moved"]
    assert (agreed.booking, agreed.moved.start) == (moved, FIRST)
    await withdraw(database, pair.mentor, moved.id, "I am ill.", WITHDREW, LATER)
    called_off = (await contexts(database))["Sam", "booking_cancelled"]
    assert (called_off.booking.id, called_off.words) == (moved.id, "I am ill.")
    assert called_off.chosen_by == pair.mentor.person.id


async def test_by_how_much_the_other_is_late(database, pair):
    booking = await a_booking(database, pair)
    async with database.writing() as connection:
        late = {"booking_id": booking.id, "at": NOW}
        await connection.execute(
            insert(delays),
            [
                {"person_id": pair.mentor.person.id, "minutes": 10, **late},
                {"person_id": pair.mentee.person.id, "minutes": 5, **late},
            ],
        )
        change = await change_of(connection, booking, None, NOW)
        await notify(connection, change, [Notice(pair.mentee.person.id, "running_late")])
    assert (await contexts(database))["Sam", "running_late"].late == 10


async def test_an_entry_about_no_catch_up_is_refused(database, pair):
    async with database.writing() as connection:
        await outbox.enqueue(
            connection,
            recipient_id=pair.mentee.person.id,
            event="fresh_link:1",
            kind="fresh_link",
            path="/home",
            now=NOW,
        )
    with pytest.raises(ValueError, match="fresh_link:1 is about no catch-up"):
        await contexts(database)
