"""Saying how a catch-up was: each one's own view, and no machine's."""

from datetime import timedelta

import pytest

from server.admin.queries.sessions import read_rows
from server.admin.rules.history import RowKey
from server.calls.actions.reports import report
from server.calls.rules.errors import TooEarlyToTell
from server.calls.rules.reports import Outcome
from server.calls.store.reports import reported_by, reports_about, reports_of
from server.catchups.actions.bookings import ask_to_move, close_missed
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import any_booking
from server.catchups.store.offers import open_offer_in
from server.errors import NotFound
from tests.server.actors import DRAFT, FIRST, NOW, OFFERED, SECOND, a_booking, an_offer

WINDOW = JoinWindow()


async def say(database, visitor, booking, outcome, now=None):
    await report(database, visitor, booking.id, outcome, WINDOW, now or booking.end)


async def state_of(database, booking):
    async with database.reading() as connection:
        return (await any_booking(connection, booking.id)).state


async def test_both_views_are_kept_and_the_last_word_counts(database, pair):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    await say(database, pair.mentor, booking, Outcome.MISSED)
    await say(database, pair.mentor, booking, Outcome.SPOKE, booking.end + timedelta(hours=1))
    await say(database, pair.mentee, booking, Outcome.MISSED)
    async with database.reading() as connection:
        assert await reports_of(connection, booking.id) == {
            pair.mentor.person.id: Outcome.SPOKE,
            pair.mentee.person.id: Outcome.MISSED,
        }
        (session,) = await read_rows(connection, [RowKey(True, booking.id)])
    assert [(row.name, row.outcome) for row in session.reports] == [("Sam", Outcome.MISSED), ("Maya", Outcome.SPOKE)]
    assert session.state == BookingState.CONFIRMED


async def test_by_phone_it_was_held_when_both_say_so_and_a_wish_to_move_it_ends(database, pair):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    draft = Draft("", DRAFT.media, (SECOND,), 30)
    await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    await say(database, pair.mentor, booking, Outcome.SPOKE)
    assert await state_of(database, booking) is BookingState.CONFIRMED
    await say(database, pair.mentee, booking, Outcome.PARTLY)
    assert await state_of(database, booking) is BookingState.HELD
    async with database.reading() as connection:
        assert await open_offer_in(connection, booking.catchup_id) is None
    await say(database, pair.mentee, booking, Outcome.MISSED)
    assert await state_of(database, booking) is BookingState.HELD


async def test_no_machine_calls_a_phone_catchup_missed(database, pair):
    by_phone = await a_booking(database, pair, medium=Medium.PHONE)
    by_video = await a_booking(database, pair, SECOND)
    assert await close_missed(database, WINDOW, SECOND + timedelta(days=9)) == 1
    assert await state_of(database, by_phone) is BookingState.CONFIRMED
    await say(database, pair.mentor, by_video, Outcome.SPOKE)
    await say(database, pair.mentee, by_video, Outcome.SPOKE)
    assert await state_of(database, by_video) is BookingState.MISSED


async def test_too_early_too_late_and_by_others_nothing_is_kept(database, pair, by_link, contents):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    elsewhere = await by_link(pair.mentee.person, (await an_offer(database, pair)).catchup_id)
    before = await contents()
    for visitor, now, refusal in (
        (pair.mentee, booking.end - timedelta(seconds=1), TooEarlyToTell),
        (pair.mentee, booking.end + timedelta(days=14), BookingOver),
        (pair.stranger, booking.end, NotFound),
        (elsewhere, booking.end, NotFound),
    ):
        with pytest.raises(refusal):
            await say(database, visitor, booking, Outcome.SPOKE, now)
    assert await contents() == before


async def test_the_number_of_queries_does_not_grow(database, pair, queries):
    ids = []
    for hours in range(3):
        booking = await a_booking(database, pair, FIRST + timedelta(hours=hours), Medium.PHONE)
        await say(database, pair.mentor, booking, Outcome.SPOKE)
        ids.append(booking.id)
        async with database.reading() as connection:
            with queries(connection) as made:
                assert sorted(await reports_about(connection, ids)) == ids
                assert await reported_by(connection, pair.mentor.person.id, ids) == set(ids)
                assert await reported_by(connection, pair.mentee.person.id, ids) == set()
        assert len(made) == 3
