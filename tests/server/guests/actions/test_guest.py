"""What a guest can do by their link, and when."""

from datetime import timedelta

import pytest

from server.calls.rules.errors import CallOver, TooEarly
from server.catchups.actions.bookings import withdraw
from server.catchups.rules.join_window import JoinWindow
from server.db.tables import choices
from server.errors import NotFound
from server.guests.access import GuestKey
from server.guests.actions.guest import (
    leave_door,
    open_guest_link,
    refuse_seat,
    take_guest_seat,
    wait_at_door,
)
from server.guests.actions.seats import close_door, end_seat_of, open_door
from server.guests.rules.seats import SeatState
from server.people.rules.errors import LinkNotFound
from tests.server.actors import FIRST, NOW, WITHDREW, a_booking
from tests.server.guests.seating import NO, SECRET, asked, key_to, newest, seated, told

WINDOW = JoinWindow()


@pytest.fixture
async def booking(database, pair):
    return await a_booking(database, pair)


@pytest.fixture
async def seat(database, pair, booking):
    return await seated(database, pair, booking)


async def test_the_link_opens_the_seat_and_no_other_does(database, seat):
    assert (await open_guest_link(database, key_to(seat), NOW, None)).id == seat.id
    for wrong in ("", "x", f"{seat.id}.", f"{seat.id + 1}.{key_to(seat).token.partition('.')[2]}"):
        with pytest.raises(LinkNotFound):
            await open_guest_link(database, GuestKey(wrong, SECRET), NOW, None)


async def test_a_guest_who_is_not_let_in_has_no_seat(database, pair, booking, seat):
    with pytest.raises(NotFound):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    await open_door(database, pair.mentee, booking.id, seat.id)
    taken = await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    assert (taken.call, taken.person, taken.name) == (str(booking.id), f"guest-{seat.id}", "Cleo")
    assert (taken.seats, taken.reads_earlier) == (3, False)
    await close_door(database, pair.mentor, booking.id, seat.id)
    with pytest.raises(NotFound):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)


async def test_not_before_the_time_and_not_after(database, pair, booking, seat):
    await open_door(database, pair.mentee, booking.id, seat.id)
    with pytest.raises(TooEarly):
        await take_guest_seat(database, key_to(seat), FIRST - timedelta(hours=1), WINDOW)
    with pytest.raises(CallOver):
        await wait_at_door(database, key_to(seat), FIRST + timedelta(hours=3), WINDOW)


async def test_waiting(database, seat):
    await wait_at_door(database, key_to(seat), FIRST, WINDOW)
    assert (await newest(database)).waits
    await leave_door(database, seat)
    assert not (await newest(database)).waits


async def test_a_seat_that_was_only_asked_for_opens_nothing(database, pair, booking):
    seat = await asked(database, pair, booking)
    with pytest.raises(NotFound):
        await wait_at_door(database, key_to(seat), FIRST, WINDOW)


async def test_a_withdrawal_or_a_call_off_shuts_the_guest_out(database, pair, booking, seat):
    await open_door(database, pair.mentee, booking.id, seat.id)
    await end_seat_of(database, pair.mentee, booking.id, seat.id, NO, NOW)
    with pytest.raises(NotFound):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)


async def test_what_the_two_call_off_is_closed_to_the_guest(database, pair, booking, seat):
    await open_door(database, pair.mentee, booking.id, seat.id)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    with pytest.raises(NotFound):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)


async def test_without_a_consent_in_the_ledger_there_is_no_seat(database, pair, booking, seat):
    """What the seat's own row says is not enough."""
    await open_door(database, pair.mentee, booking.id, seat.id)
    async with database.writing() as connection:
        await connection.execute(
            choices.delete().where(choices.c.subject_kind == "guest", choices.c.person_id == pair.mentee.person.id)
        )
    with pytest.raises(Exception, match="opens only when both") as problem:
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    assert type(problem.value).__name__ == "ConsentMissing"


async def test_a_guest_takes_their_data_back(database, seat):
    await refuse_seat(database, key_to(seat), NOW)
    ended = await newest(database)
    assert (ended.state, ended.name, ended.email, ended.key) == (SeatState.REFUSED, "", "", "")
    with pytest.raises(LinkNotFound):
        await open_guest_link(database, key_to(seat), NOW, None)
    assert await told(database) == ["guest_asked", "guest_answered", "guest_answered", "guest_answered"]
