"""Asking for a seat, agreeing to it and ending it: what stands in the ledger, and who is told."""

from datetime import timedelta

import pytest

from server.catchups.rules.ledger import ChoiceKind, guest_subject
from server.catchups.store.ledger import entries_about
from server.errors import NotFound
from server.guests.actions.seats import (
    agree_to_seat,
    ask_for_seat,
    close_door,
    end_seat_of,
    open_door,
    put_off,
)
from server.guests.rules.seats import NoGuestSeat, SeatOver, SeatState, SeatTaken
from tests.server.actors import FIRST, NOW, a_booking
from tests.server.guests.seating import CLEO, NO, YES, asked, newest, seated, told


@pytest.fixture
async def booking(database, pair):
    return await a_booking(database, pair)


async def ledger_of(database, seat):
    async with database.reading() as connection:
        return [(entry.person_id, entry.kind) for entry in await entries_about(connection, guest_subject(seat.id))]


async def test_both_agree_and_the_guest_is_invited(database, pair, booking):
    seat = await asked(database, pair, booking)
    assert (seat.state, await told(database)) == (SeatState.ASKED, ["guest_asked"])
    await agree_to_seat(database, pair.mentee, booking.id, seat.id, YES, NOW)
    seat = await newest(database)
    assert (seat.state, seat.told_start) == (SeatState.AGREED, booking.start)
    assert await told(database) == ["guest_asked", "guest_invited", "guest_answered"]
    both = [pair.mentor.person.id, pair.mentee.person.id]
    assert await ledger_of(database, seat) == [(each, ChoiceKind.AGREED_GUEST) for each in both]


async def test_who_asks_cannot_agree_for_the_other(database, pair, booking):
    seat = await asked(database, pair, booking)
    with pytest.raises(SeatOver):
        await agree_to_seat(database, pair.mentor, booking.id, seat.id, YES, NOW)
    assert (await newest(database)).state is SeatState.ASKED


async def test_a_no_leaves_nothing_of_the_guest_and_needs_no_reason(database, pair, booking):
    seat = await asked(database, pair, booking)
    await end_seat_of(database, pair.mentee, booking.id, seat.id, NO, NOW)
    ended = await newest(database)
    assert (ended.state, ended.name, ended.email, ended.key) == (SeatState.DECLINED, "", "", "")
    assert await told(database) == ["guest_asked", "guest_answered"]
    assert (await ledger_of(database, seat))[-1] == (pair.mentee.person.id, ChoiceKind.ENDED_GUEST)


async def test_what_is_taken_back_is_told_to_nobody(database, pair, booking):
    seat = await asked(database, pair, booking)
    await end_seat_of(database, pair.mentor, booking.id, seat.id, NO, NOW)
    assert await told(database) == ["guest_asked"]


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_either_withdraws_and_the_guest_and_the_other_are_told(database, pair, booking, who):
    seat = await seated(database, pair, booking)
    await open_door(database, pair.mentor, booking.id, seat.id)
    await end_seat_of(database, getattr(pair, who), booking.id, seat.id, NO, NOW)
    ended = await newest(database)
    assert (ended.state, ended.let_in, ended.name) == (SeatState.WITHDRAWN, False, "Cleo")
    assert (await told(database))[-2:] == ["guest_ended", "guest_answered"]
    with pytest.raises(SeatOver):
        await open_door(database, pair.mentee, booking.id, seat.id)


async def test_there_is_one_seat(database, pair, booking):
    await asked(database, pair, booking)
    with pytest.raises(SeatTaken):
        await ask_for_seat(database, pair.mentee, booking.id, CLEO, YES, NOW)


async def test_after_a_no_one_can_ask_again(database, pair, booking):
    seat = await asked(database, pair, booking)
    await end_seat_of(database, pair.mentee, booking.id, seat.id, NO, NOW)
    assert (await asked(database, pair, booking)).state is SeatState.ASKED
    with pytest.raises(SeatOver):
        await agree_to_seat(database, pair.mentee, booking.id, seat.id, YES, NOW)


async def test_not_once_it_is_over(database, pair, booking):
    with pytest.raises(NoGuestSeat):
        await ask_for_seat(database, pair.mentor, booking.id, CLEO, YES, FIRST + timedelta(hours=2))


async def test_nobody_else(database, pair, booking):
    eve = pair.stranger
    with pytest.raises(NotFound):
        await ask_for_seat(database, eve, booking.id, CLEO, YES, NOW)
    seat = await seated(database, pair, booking)
    for verb in (open_door, put_off, close_door):
        with pytest.raises(NotFound):
            await verb(database, eve, booking.id, seat.id)
    with pytest.raises(NotFound):
        await end_seat_of(database, eve, booking.id, seat.id, NO, NOW)


async def test_the_door(database, pair, booking):
    seat = await seated(database, pair, booking)
    await put_off(database, pair.mentee, booking.id, seat.id)
    assert (await newest(database)).put_off
    await open_door(database, pair.mentee, booking.id, seat.id)
    assert ((await newest(database)).let_in, (await newest(database)).put_off) == (True, False)
    await close_door(database, pair.mentor, booking.id, seat.id)
    assert not (await newest(database)).let_in
