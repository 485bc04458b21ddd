"""What follows by itself: a guest is told of what changes, is taken out of calls, and is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.calls.actions.entering import find_uninvited, record_news
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.bookings import any_booking
from server.db.tables import attendances
from server.guests.actions.following import find_leaving_guests, follow_catchups, record_guest_news
from server.guests.actions.seats import close_door, open_door
from server.guests.rules.seats import KEPT_AFTER, KEPT_AFTER_ERASURE, STAYS_AFTER, SeatState
from server.guests.store.seats import roles_at
from server.people.rules.audit import COMMAND_LINE
from server.people.store.contacts import any_contact
from server.privacy.actions.erasing import erase_person
from server.privacy.rules.erasure import ErasureReason
from signaling.news import Joined, Left, Present
from signaling.quality import Quality
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, SHOWN, WITHDREW, a_booking
from tests.server.guests.seating import newest, seated, told

WINDOW, ACCEPTED = JoinWindow(), SHOWN[ChoiceKind.ACCEPTED]
ALL = Present((), FIRST.timestamp())


@pytest.fixture
async def booking(database, pair):
    return await a_booking(database, pair)


@pytest.fixture
async def seat(database, pair, booking):
    return await seated(database, pair, booking)


def joined(booking, person, uid="stay", at=FIRST):
    return Joined(uid, str(booking.id), person, at.timestamp())


async def record(database, news):
    await record_news(database, news)
    await record_guest_news(database, news)


async def test_a_guest_is_told_of_another_time_and_waits_at_the_door_again(database, pair, booking, seat):
    await open_door(database, pair.mentor, booking.id, seat.id)
    assert await follow_catchups(database, NOW) == 0
    wish = await ask_to_move(
        database, pair.mentor, booking.id, Draft("", frozenset({Medium.VIDEO}), (SECOND,), 30), OFFERED, NOW
    )
    await accept_offer(database, pair.mentee, wish.id, Acceptance(SECOND, Medium.VIDEO, ACCEPTED), NOW)
    assert await follow_catchups(database, NOW) == 1
    assert await follow_catchups(database, NOW) == 0
    moved = await newest(database)
    assert (moved.state, moved.told_start, moved.let_in) == (SeatState.AGREED, SECOND, False)
    assert (await told(database))[-1] == "guest_moved"


async def test_what_is_called_off_ends_the_seat(database, pair, booking, seat):
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    assert await follow_catchups(database, NOW) == 1
    assert (await newest(database)).state is SeatState.OVER
    assert (await told(database))[-1] == "guest_ended"


async def test_the_time_ends_it_quietly_and_a_week_later_nothing_is_left_of_the_guest(database, booking, seat):
    over = booking.end + STAYS_AFTER
    before = await told(database)
    assert await follow_catchups(database, over) == 1
    assert await told(database) == before
    await follow_catchups(database, over + KEPT_AFTER - timedelta(seconds=1))
    assert (await newest(database)).name == "Cleo"
    await follow_catchups(database, over + KEPT_AFTER)
    gone = await newest(database)
    assert (gone.name, gone.email, gone.key, gone.role) == ("", "", "", "interpreter")


async def test_a_call_is_never_held_by_a_guest(database, pair, booking, seat):
    await record(database, joined(booking, str(pair.mentor.person.id), "one"))
    await record(database, joined(booking, seat.person, "two"))
    assert await find_uninvited(database, joined(booking, seat.person, "two")) == ()
    async with database.reading() as connection:
        assert (await any_booking(connection, booking.id)).state is BookingState.CONFIRMED
        assert len((await connection.execute(select(attendances.c.id))).all()) == 1
        assert await roles_at(connection, booking.id) == ("interpreter",)
    assert (await newest(database)).attendance == "two"
    await record(database, Left("two", str(booking.id), seat.person, FIRST.timestamp() + 1, "left", Quality()))
    assert (await newest(database)).attendance is None


async def test_who_was_asked_to_leave_or_is_alone_or_out_of_time_is_to_leave(database, pair, booking, seat):
    await open_door(database, pair.mentor, booking.id, seat.id)
    one, guest = str(pair.mentor.person.id), (str(booking.id), seat.person)
    present = [joined(booking, one, "one"), joined(booking, seat.person, "two")]
    for each in present:
        await record(database, each)
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST) == ()
    await close_door(database, pair.mentor, booking.id, seat.id)
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST) == (guest,)
    await open_door(database, pair.mentor, booking.id, seat.id)
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST + timedelta(hours=5)) == (guest,)
    await record(database, Left("one", str(booking.id), one, FIRST.timestamp() + 60, "left", Quality()))
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST + timedelta(minutes=2)) == ()
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST + timedelta(minutes=4)) == (guest,)


async def test_what_is_called_off_in_the_call_takes_the_guest_out(database, pair, booking, seat):
    await open_door(database, pair.mentor, booking.id, seat.id)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, FIRST)
    present = [joined(booking, seat.person, "two")]
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST) == ((str(booking.id), seat.person),)


async def test_news_of_one_call_looks_at_no_guest_of_another(database, booking, seat):
    present = [joined(booking, seat.person, "two")]
    leaving = ((str(booking.id), seat.person),)
    assert await find_leaving_guests(database, present[0], present, WINDOW, FIRST) == leaving
    elsewhere = Joined("three", str(booking.id + 1), "7", FIRST.timestamp())
    assert await find_leaving_guests(database, elsewhere, present, WINDOW, FIRST) == ()
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST) == leaving


async def test_a_guest_does_not_stay_in_the_call_of_the_time_before_a_move(database, pair, booking, seat):
    present = [joined(booking, seat.person, "two")]
    wish = await ask_to_move(
        database, pair.mentor, booking.id, Draft("", frozenset({Medium.VIDEO}), (SECOND,), 30), OFFERED, NOW
    )
    moved = await accept_offer(database, pair.mentee, wish.id, Acceptance(SECOND, Medium.VIDEO, ACCEPTED), NOW)
    await follow_catchups(database, NOW)
    await open_door(database, pair.mentor, moved.id, seat.id)
    assert await find_leaving_guests(database, ALL, present, WINDOW, FIRST) == ((str(booking.id), seat.person),)


async def test_a_guest_whose_leaving_was_never_told_is_not_in_the_call(database, booking, seat):
    await record(database, joined(booking, seat.person, "two"))
    await record(database, Present(("two",), FIRST.timestamp() + 10))
    assert (await newest(database)).attendance == "two"
    await record(database, Present((), FIRST.timestamp() + 20))
    assert (await newest(database)).attendance is None


@pytest.mark.parametrize("erased", ["mentor", "mentee"])
async def test_once_one_of_the_two_is_erased_the_guest_is_told_and_forgotten_a_day_later(
    database, pair, booking, seat, tmp_path, erased
):
    person = getattr(pair, erased).person
    async with database.reading() as connection:
        email = (await any_contact(connection, person.id)).email
    await erase_person(database, person.id, email, ErasureReason.ASKED, COMMAND_LINE, tmp_path, NOW)
    await follow_catchups(database, NOW)
    assert ((await newest(database)).state, (await told(database))[-1]) == (SeatState.OVER, "guest_ended")
    await follow_catchups(database, NOW + KEPT_AFTER_ERASURE - timedelta(seconds=1))
    assert (await newest(database)).name == "Cleo"
    await follow_catchups(database, NOW + KEPT_AFTER_ERASURE)
    gone = await newest(database)
    assert (gone.name, gone.email, gone.key) == ("", "", "")


async def test_where_there_is_nothing_to_do_nothing_is_written(database, booking, seat, monkeypatch):
    monkeypatch.setattr(database, "writing", None)
    assert await follow_catchups(database, NOW) == 0
