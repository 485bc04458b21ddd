"""Withdrawing from a booking, asking to move it, and marking the missed ones."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.calls.actions.entering import record_news
from server.catchups.actions.bookings import ask_to_move, close_missed, withdraw
from server.catchups.queries.ledger import verify
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import BookingOver, OfferOpen
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from server.catchups.store import bookings, offers
from server.db.tables import choice_words
from server.errors import InvalidInput, NotFound
from signaling.news import Joined
from tests.server.actors import (
    FIRST,
    NOW,
    OFFERED,
    SECOND,
    WITHDREW,
    QueuedEmail,
    a_booking,
    emails_in,
    emails_left,
    kinds_in,
    pending_reminders,
)

WINDOW = JoinWindow()
LATER = Draft("Sorry!", frozenset({Medium.VIDEO}), (SECOND, SECOND + timedelta(hours=2)), 30)


async def state_of(database, pair, booking):
    async with database.reading() as connection:
        return (await bookings.read_booking(connection, pair.mentor, booking.id)).booking.state


async def offer_state(database, pair, offer):
    async with database.reading() as connection:
        return (await offers.read_offer(connection, pair.mentor, offer.id)).offer.state


# Withdrawing


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_withdrawing_calls_it_off_tells_both_and_reminds_nobody(database, pair, who):
    booking = await a_booking(database, pair)
    assert await pending_reminders(database, booking) == [("Maya", "reminder_soon"), ("Sam", "reminder_soon")]
    await emails_left(database)
    await withdraw(database, getattr(pair, who), booking.id, " A cold. ", WITHDREW, NOW)
    assert await state_of(database, pair, booking) is BookingState.CANCELLED
    assert await kinds_in(database, booking.catchup_id) == ["offered", "accepted", "withdrew"]
    assert (await emails_in(database, booking.catchup_id))[-2:] == [
        QueuedEmail("Maya", "booking_cancelled", ("CANCELLED", 3, FIRST)),
        QueuedEmail("Sam", "booking_cancelled", ("CANCELLED", 3, FIRST)),
    ]
    assert await pending_reminders(database, booking) == []
    async with database.reading() as connection:
        assert (await connection.execute(select(choice_words.c.words))).scalars().all() == ["A cold."]
    assert (await verify(database)).holds


async def test_it_frees_the_time(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    assert (await a_booking(database, pair)).start == booking.start


async def test_a_second_withdrawal_is_refused(database, pair, contents):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    before = await contents()
    for visitor in (pair.mentee, pair.mentor):
        with pytest.raises(BookingOver):
            await withdraw(database, visitor, booking.id, "", WITHDREW, NOW)
    assert await contents() == before


async def test_of_both_withdrawing_at_once_one_does(database, pair, count):
    booking = await a_booking(database, pair)
    outcomes = await asyncio.gather(
        *(withdraw(database, visitor, booking.id, "", WITHDREW, NOW) for visitor in (pair.mentor, pair.mentee)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Booking", "BookingOver"]
    assert await count("choices") == 3


async def test_a_stranger_cannot(database, pair, contents):
    booking = await a_booking(database, pair)
    before = await contents()
    for attempt in (
        withdraw(database, pair.stranger, booking.id, "", WITHDREW, NOW),
        ask_to_move(database, pair.stranger, booking.id, LATER, OFFERED, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await contents() == before


async def test_a_link_to_one_catch_up_does_not_reach_another(database, pair, by_link):
    booking, another = await a_booking(database, pair), await a_booking(database, pair, SECOND)
    sam = await by_link(pair.mentee.person, another.catchup_id)
    for attempt in (
        withdraw(database, sam, booking.id, "", WITHDREW, NOW),
        ask_to_move(database, sam, booking.id, LATER, OFFERED, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt
    await withdraw(database, sam, another.id, "", WITHDREW, NOW)


async def test_too_many_words_change_nothing(database, pair, contents):
    booking = await a_booking(database, pair)
    before = await contents()
    with pytest.raises(InvalidInput) as refusal:
        await withdraw(database, pair.mentee, booking.id, "x" * 2001, WITHDREW, NOW)
    assert refusal.value.field == "words"
    assert await contents() == before


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_a_withdrawn_booking_ends_the_wish_to_move_it(database, pair, who):
    booking = await a_booking(database, pair)
    wish = await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    await emails_left(database)
    await withdraw(database, getattr(pair, who), booking.id, "", WITHDREW, NOW)
    assert await offer_state(database, pair, wish) is OfferState.WITHDRAWN
    assert (await emails_in(database, booking.catchup_id))[-1] == QueuedEmail(
        "Sam", "booking_cancelled", ("CANCELLED", 4, FIRST)
    )


# Asking to move


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_asking_to_move_leaves_the_booking_and_its_event(database, pair, who):
    booking = await a_booking(database, pair)
    asker, other = (pair.mentor, pair.mentee) if who == "mentor" else (pair.mentee, pair.mentor)
    wish = await ask_to_move(database, asker, booking.id, LATER, OFFERED, NOW)
    assert (wish.author_id, wish.recipient_id, wish.moves_id, wish.catchup_id) == (
        asker.person.id,
        other.person.id,
        booking.id,
        booking.catchup_id,
    )
    assert await state_of(database, pair, booking) is BookingState.CONFIRMED
    assert (await emails_in(database, booking.catchup_id))[-1] == QueuedEmail(other.person.name, "move_asked", None)
    assert len(await pending_reminders(database, booking)) == 2


async def test_one_wish_waits_at_a_time(database, pair, contents):
    booking = await a_booking(database, pair)
    await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    before = await contents()
    for visitor in (pair.mentor, pair.mentee):
        with pytest.raises(OfferOpen):
            await ask_to_move(database, visitor, booking.id, LATER, OFFERED, NOW)
    assert await contents() == before


async def test_of_both_asking_at_once_one_does(database, pair, count):
    booking = await a_booking(database, pair)
    outcomes = await asyncio.gather(
        *(ask_to_move(database, visitor, booking.id, LATER, OFFERED, NOW) for visitor in (pair.mentor, pair.mentee)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Offer", "OfferOpen"]
    assert await count("offers") == 2


async def test_what_is_over_or_called_off_is_not_moved(database, pair, contents):
    booking, called_off = await a_booking(database, pair), await a_booking(database, pair, SECOND)
    await withdraw(database, pair.mentee, called_off.id, "", WITHDREW, NOW)
    before = await contents()
    for booking_id, now in ((booking.id, booking.end), (called_off.id, NOW)):
        with pytest.raises(BookingOver):
            await ask_to_move(database, pair.mentor, booking_id, LATER, OFFERED, now)
    assert await contents() == before


@pytest.mark.parametrize("starts", [(), (NOW,), tuple(SECOND + timedelta(hours=n) for n in range(4))])
async def test_a_wish_of_no_time_of_a_past_one_or_of_too_many_changes_nothing(database, pair, contents, starts):
    booking = await a_booking(database, pair)
    before = await contents()
    with pytest.raises(InvalidInput):
        await ask_to_move(database, pair.mentor, booking.id, replace(LATER, starts=starts), OFFERED, NOW)
    assert await contents() == before


# Missing


async def test_a_call_that_closed_empty_is_missed(database, pair):
    booking = await a_booking(database, pair)
    closing = WINDOW.closes_at(booking)
    assert await close_missed(database, WINDOW, closing - timedelta(seconds=1)) == 0
    assert await close_missed(database, WINDOW, closing) == 1
    assert await state_of(database, pair, booking) is BookingState.MISSED
    assert await close_missed(database, WINDOW, closing) == 0


async def test_a_phone_call_is_not_missed_by_the_clock(database, pair):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    assert await close_missed(database, WINDOW, booking.end + timedelta(days=1)) == 0


async def test_a_call_that_was_held_since_it_was_read_is_not_missed(database, pair):
    """The clock has read that it is confirmed; then both are there; then the clock ends what it has read."""
    booking = await a_booking(database, pair)
    for index, visitor in enumerate((pair.mentor, pair.mentee)):
        await record_news(
            database, Joined(str(index), str(booking.id), str(visitor.person.id), FIRST.timestamp() + index)
        )
    real = bookings.confirmed_before

    async def read_before(*asked):
        return (*await real(*asked), booking)

    bookings.confirmed_before = read_before
    try:
        assert await close_missed(database, WINDOW, WINDOW.closes_at(booking)) == 0
    finally:
        bookings.confirmed_before = real
    assert await state_of(database, pair, booking) is BookingState.HELD
