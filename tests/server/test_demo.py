"""The demo: a booking that starts now and an open offer, made once and found again."""

from dataclasses import replace
from datetime import timedelta

from server.calls.actions.entering import enter_call
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow
from server.demo import MENTEE, MENTOR, prepare_demo
from server.people.actions.links import find_visitor, open_link
from server.people.store.people import find_mentorship_between, find_person_by_email
from tests.server.actors import NOW, Pair, a_booking

WINDOW = JoinWindow()


async def open_path(database, path, now=NOW):
    opened = await open_link(database, path.removeprefix("/l/"), None, now)
    return opened.path, await find_visitor(database, opened.token, now)


async def test_both_can_enter_the_call_now(database):
    demo = await prepare_demo(database, WINDOW, NOW)
    for path in (demo.booking_mentor, demo.booking_mentee):
        page, visitor = await open_path(database, path)
        booking_id = int(page.removeprefix("/bookings/"))
        assert (await enter_call(database, visitor, booking_id, NOW, WINDOW)).seat.person == str(visitor.person.id)


async def test_made_again_it_is_the_same(database, count):
    first = await prepare_demo(database, WINDOW, NOW)
    second = await prepare_demo(database, WINDOW, NOW + timedelta(minutes=30))
    assert (await count("bookings"), await count("offers"), await count("people")) == (1, 2, 3)
    for name in ("offer", "booking_mentee"):
        pages = [(await open_path(database, getattr(demo, name)))[0] for demo in (first, second)]
        assert pages[0] == pages[1]


async def test_a_booking_at_that_time_is_shown_instead_of_a_new_one(database, pair):
    """A booking that somebody made in the demo, by phone or a little later, is shown instead of a new one."""
    await prepare_demo(database, WINDOW, NOW)
    soon = NOW + timedelta(hours=2)
    async with database.reading() as connection:
        mentor = await find_person_by_email(connection, MENTOR.email)
        mentee = await find_person_by_email(connection, MENTEE.email)
        mentorship_id = await find_mentorship_between(connection, mentor.id, mentee.id)
    pair = Pair(replace(pair.mentor, person=mentor), replace(pair.mentee, person=mentee), pair.stranger, mentorship_id)
    booking = await a_booking(database, pair, soon + timedelta(minutes=30), Medium.PHONE)
    demo = await prepare_demo(database, WINDOW, soon)
    page, _ = await open_path(database, demo.booking_mentee, soon)
    assert page == f"/bookings/{booking.id}"


async def test_the_next_day_there_is_a_new_booking(database, count):
    await prepare_demo(database, WINDOW, NOW)
    await prepare_demo(database, WINDOW, NOW + timedelta(days=1))
    assert await count("bookings") == 2
