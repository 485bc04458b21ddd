"""Withdrawing from a booking, and marking the missed ones."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.actions.bookings import close_missed, withdraw
from server.actions.ledger import verify
from server.actions.offers import accept_offer, make_offer
from server.domain.bookings import BookingState
from server.domain.calls import Door
from server.domain.errors import BookingOver, NotFound
from server.domain.offers import Medium
from server.storage import bookings, choices
from server.storage.tables import outbox
from tests.server.conftest import DRAFT, FIRST, NOW


async def a_booking(database, pair, medium=Medium.VIDEO):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    return await accept_offer(database, pair.mentee, offer.id, FIRST, medium, NOW)


async def state_of(database, pair, booking):
    async with database.reading() as connection:
        return (await bookings.read_booking(connection, pair.mentor, booking.id)).booking


async def test_withdrawing_calls_it_off_and_tells_both(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", NOW)
    now_booking = await state_of(database, pair, booking)
    assert (now_booking.state, now_booking.sequence) == (BookingState.CANCELLED, 1)
    async with database.reading() as connection:
        kinds = [entry.kind for entry in await choices.ledger_of(connection, booking.catchup_id)]
        told = await connection.execute(select(outbox.c.recipient_id).where(outbox.c.letter == "booking_cancelled"))
    assert kinds == ["accepted", "withdrew"]
    assert sorted(told.scalars()) == sorted([pair.mentor.person.id, pair.mentee.person.id])
    assert (await verify(database)).holds


async def test_it_frees_the_time(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", NOW)
    assert (await a_booking(database, pair)).start == booking.start


async def test_a_second_withdrawal_is_refused(database, pair, contents):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", NOW)
    before = await contents()
    with pytest.raises(BookingOver):
        await withdraw(database, pair.mentor, booking.id, "", NOW)
    assert await contents() == before


async def test_a_stranger_cannot(database, pair, contents):
    booking = await a_booking(database, pair)
    before = await contents()
    with pytest.raises(NotFound):
        await withdraw(database, pair.stranger, booking.id, "", NOW)
    assert await contents() == before


async def test_a_call_that_closed_empty_is_missed(database, pair):
    booking = await a_booking(database, pair)
    closing = booking.end + timedelta(hours=1)
    assert await close_missed(database, Door(), closing - timedelta(seconds=1)) == 0
    assert await close_missed(database, Door(), closing) == 1
    assert (await state_of(database, pair, booking)).state is BookingState.MISSED


async def test_a_catch_up_by_phone_is_not_called_missed_by_a_machine(database, pair):
    booking = await a_booking(database, pair, Medium.PHONE)
    assert await close_missed(database, Door(), booking.end + timedelta(days=1)) == 0
