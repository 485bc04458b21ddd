"""A call of three: who plans it, who is asked when, and what each choice leaves in the ledger."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.calls.rules.errors import ConsentMissing
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.offers import make_offer, withdraw_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import guest_subject
from server.catchups.store.ledger import entries_about
from server.db.tables import outbox, people
from server.errors import NotFound
from server.guests.actions.following import follow_catchups
from server.guests.actions.guest import refuse_seat, take_guest_seat, wait_at_door
from server.guests.actions.seats import end_seat_of, open_door
from server.guests.rules.seats import REMINDERS, SeatOver
from server.introductions.actions.answering import refuse
from server.introductions.actions.three import join_three, leave_three, plan_three
from server.introductions.rules.introductions import IntroductionOver
from server.people.rules.audit import COMMAND_LINE
from server.privacy.actions.erasing import erase_person
from server.privacy.rules.erasure import ErasureReason
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, TOOK_BACK, WITHDREW, accepting
from tests.server.guests.seating import NO, key_to, newest
from tests.server.introductions.people import ANA, introduced, page_for
from tests.server.introductions.people import NO as NO_CONTACT
from tests.server.introductions.three import (
    BY_VIDEO,
    JOINS,
    JOINS_NOT,
    WITH_THIRD,
    booked,
    in_contact,
    joined,
    offered,
)

WINDOW = JoinWindow()


async def said(database, seat):
    """Who said what of a seat, the oldest first."""
    async with database.reading() as connection:
        entries = await entries_about(connection, guest_subject(seat.id))
        names = {row.id: row.name for row in await connection.execute(select(people.c.id, people.c.name))}
    return [(names[each.person_id], each.kind.value) for each in entries]


async def told(database):
    """Who gets which email about the seat, the oldest first; without reminders."""
    about = outbox.c.kind.startswith("guest_"), outbox.c.kind.not_in(list(REMINDERS)), outbox.c.dropped_at.is_(None)
    query = select(people.c.name, outbox.c.kind).join(people, people.c.id == outbox.c.recipient_id)
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(query.where(*about).order_by(outbox.c.id))]


async def test_each_of_the_three_agrees_and_the_call_is_open(database, pair):
    found = await in_contact(database, pair)
    booking, seat = await booked(database, pair, found)
    assert (seat.name, seat.email, seat.third_id) == ("Ana", "", found.ana.person.id)
    # Ana is asked only now, and without her yes the call is closed to her.
    assert await told(database) == [("Ana", "guest_invited"), ("Maya", "guest_answered")]
    await open_door(database, pair.mentor, booking.id, seat.id)
    with pytest.raises(ConsentMissing):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    for _ in range(2):
        await join_three(database, found.ana, found.id, seat.id, JOINS, NOW)
    taken = await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    assert (taken.call, taken.name, taken.seats) == (str(booking.id), "Ana", 3)
    assert await said(database, seat) == [("Maya", "agreed_guest"), ("Sam", "agreed_guest"), ("Ana", "took_seat")]
    joins = [("Maya", "guest_answered"), ("Sam", "guest_answered"), ("Ana", "guest_joined")]
    assert (await told(database))[2:] == joins
    assert (await verify(database)).holds


async def test_the_mentee_is_asked_before_the_third_person(database, pair):
    found = await in_contact(database, pair)
    offer = await offered(database, pair, found)
    await follow_catchups(database, NOW)
    seat = await newest(database)
    assert (seat.state.value, await told(database)) == ("asked", [])
    assert (await page_for(database, found.ana, found.id)).three is None
    await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    assert (await page_for(database, found.ana, found.id)).three is None
    with pytest.raises(SeatOver):
        await join_three(database, found.ana, found.id, seat.id, JOINS, NOW)


async def test_it_is_planned_once_and_for_this_mentorship(database, pair):
    found = await in_contact(database, pair)
    offer = await offered(database, pair, found)
    await plan_three(database, pair.mentor, found.id, offer.id, WITH_THIRD, NOW)
    assert await said(database, await newest(database)) == [("Maya", "agreed_guest")]
    for who in (pair.mentee, pair.stranger, found.ana):
        with pytest.raises(NotFound):
            await plan_three(database, who, found.id, offer.id, WITH_THIRD, NOW)


async def test_not_before_both_have_agreed_to_the_introduction(database, pair):
    found = await introduced(database, pair)
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, BY_VIDEO, OFFERED, NOW)
    with pytest.raises(IntroductionOver):
        await plan_three(database, pair.mentor, found.id, offer.id, WITH_THIRD, NOW)


async def test_a_no_leaves_the_catch_up_of_two(database, pair):
    found = await in_contact(database, pair)
    booking, seat = await joined(database, pair, found)
    await open_door(database, pair.mentor, booking.id, seat.id)
    _, left = await leave_three(database, found.ana, found.id, seat.id, JOINS_NOT, NOW)
    assert left.id == booking.id
    assert (await said(database, seat))[-1] == ("Ana", "left_seat")
    left = [("Ana", "guest_left"), ("Maya", "guest_answered"), ("Sam", "guest_answered")]
    assert (await told(database))[-3:] == left
    with pytest.raises(NotFound):
        await take_guest_seat(database, key_to(seat), FIRST, WINDOW)
    for who in (pair.mentor, pair.mentee, found.ana):
        three = (await page_for(database, who, found.id)).three
        assert (three.booking.id, three.seat.name, three.joins) == (booking.id, "Ana", False)
    with pytest.raises(SeatOver):
        await join_three(database, found.ana, found.id, seat.id, JOINS, NOW)


async def test_nobody_else_answers_for_the_third_person(database, pair):
    found = await in_contact(database, pair)
    _, seat = await booked(database, pair, found)
    for who in (pair.mentor, pair.mentee, pair.stranger):
        for verb, shown in ((join_three, JOINS), (leave_three, JOINS_NOT)):
            with pytest.raises(NotFound):
                await verb(database, who, found.id, seat.id, shown, NOW)
    # Their link to the seat is no answer either.
    with pytest.raises(NotFound):
        await refuse_seat(database, key_to(seat), NOW)


async def test_the_two_withdraw_and_the_third_person_is_told(database, pair):
    found = await in_contact(database, pair)
    booking, seat = await joined(database, pair, found)
    await end_seat_of(database, pair.mentee, booking.id, seat.id, NO, NOW)
    assert (await told(database))[-2:] == [("Ana", "guest_ended"), ("Maya", "guest_answered")]
    assert (await page_for(database, found.ana, found.id)).three is None
    assert (await page_for(database, pair.mentor, found.id)).may_plan


async def test_a_catch_up_that_is_called_off_ends_it(database, pair):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    await follow_catchups(database, NOW)
    assert ((await newest(database)).state.value, (await told(database))[-1]) == ("over", ("Ana", "guest_ended"))


async def test_an_offer_that_is_taken_back_tells_the_third_person_nothing(database, pair):
    found = await in_contact(database, pair)
    offer = await offered(database, pair, found)
    await withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW)
    await follow_catchups(database, NOW)
    seat = await newest(database)
    assert (seat.state.value, seat.name, await told(database)) == ("over", "", [])


async def test_an_introduction_that_ends_closes_the_call_at_once(database, pair):
    found = await in_contact(database, pair)
    booking, seat = await joined(database, pair, found)
    await open_door(database, pair.mentor, booking.id, seat.id)
    await refuse(database, found.ana, found.id, NO_CONTACT, NOW)
    with pytest.raises(ConsentMissing):
        await wait_at_door(database, key_to(seat), FIRST, WINDOW)
    assert [(await page_for(database, who, found.id)).three for who in (pair.mentor, pair.mentee, found.ana)] == [
        None
    ] * 3
    await follow_catchups(database, NOW)
    assert (await newest(database)).state.value == "over"


async def test_a_week_after_it_the_name_is_gone(database, pair):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    for later in (timedelta(days=2), timedelta(days=9, hours=1)):
        await follow_catchups(database, booking.end + later)
    assert ((await newest(database)).state.value, (await newest(database)).name) == ("over", "")


async def test_a_third_person_who_is_erased_leaves_no_name_and_is_sent_nothing(database, pair):
    found = await in_contact(database, pair)
    await joined(database, pair, found)
    await erase_person(database, found.ana.person.id, ANA, ErasureReason.ASKED, COMMAND_LINE, Path("nowhere"), NOW)
    before = await told(database)
    await follow_catchups(database, NOW)
    seat = await newest(database)
    assert (seat.state.value, seat.name, seat.key, await told(database)) == ("over", "", "", before)


async def test_a_catch_up_that_is_moved_takes_the_third_person_along(database, pair):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    draft = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(days=1),), 30)
    asked = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    moved = await accept_offer(database, pair.mentee, asked.id, accepting(draft.starts[0]), NOW)
    await follow_catchups(database, NOW)
    assert (await told(database))[-1] == ("Ana", "guest_moved")
    three = (await page_for(database, found.ana, found.id)).three
    assert (three.booking.id, three.joins) == (moved.id, True)
