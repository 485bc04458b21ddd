"""The page of one row of the history: its catch-up's moments in order, and which ledger entry does not hold."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from server.admin.queries.session import read_session_page
from server.admin.rules.history import HistoryState, RowKey
from server.admin.rules.timeline import Happening
from server.calls.actions.reports import report
from server.calls.rules.reports import Outcome
from server.catchups.actions.bookings import ask_to_move, close_missed, say_late
from server.catchups.actions.offers import expire_offers
from server.catchups.rules.drafts import Draft
from server.catchups.rules.join_window import JoinWindow
from server.db.tables import choices
from server.errors import NotFound
from tests.server.actors import DRAFT, FIRST, NOW, OFFERED, SECOND, a_booking, an_offer, emails_left

KEY = b"k" * 32
OVER = FIRST + timedelta(hours=3)


async def moments_of(database, row):
    found = await read_session_page(database, row, KEY)
    return [(moment.what, moment.name, moment.detail) for moment in found.moments]


async def test_a_booking_s_page_names_its_entry_that_does_not_hold(database, pair):
    """Also before the server has checked the ledger."""
    row = RowKey(True, (await a_booking(database, pair)).id)
    found = await read_session_page(database, row, KEY)
    offered, accepted = found.entries.values()
    assert (offered.holds, accepted.holds, found.altered) == (True, True, None)
    async with database.writing() as connection:
        await connection.execute(update(choices).where(choices.c.id == accepted.id).values(language="xx"))
    found = await read_session_page(database, row, KEY)
    assert [entry.holds for entry in found.entries.values()] == [True, False]
    assert str(found.altered).startswith(f"Entry {accepted.id} was altered")
    assert str(found.check.said) == "The ledger has not been checked yet."


async def test_the_line_goes_from_the_offer_to_what_they_say_afterwards(database, pair):
    booking = await a_booking(database, pair)
    await emails_left(database)
    await say_late(database, pair.mentor, booking.id, 10, FIRST)
    await close_missed(database, JoinWindow(), OVER)
    await report(database, pair.mentee, booking.id, Outcome.MISSED, JoinWindow(), OVER + timedelta(minutes=1))
    found = await moments_of(database, RowKey(True, booking.id))
    assert [moment for moment in found if moment[0] is not Happening.EMAILED] == [
        (Happening.CHOSE, "Maya", "offered"),
        (Happening.CHOSE, "Sam", "accepted"),
        (Happening.LATE, "Maya", "10"),
        (Happening.MISSED, "", ""),
        (Happening.REPORTED, "Sam", "missed"),
    ]
    assert (Happening.EMAILED, "Sam", "offer_made") in found


async def test_an_offer_without_a_booking_has_its_line_too(database, pair):
    offer = await an_offer(database, pair)
    await expire_offers(database, SECOND + timedelta(days=1))
    row = RowKey(False, offer.id)
    assert await moments_of(database, row) == [(Happening.CHOSE, "Maya", "offered"), (Happening.EXPIRED, "", "")]
    found = await read_session_page(database, row, KEY)
    assert (found.session.state, found.mentorship_id) == (HistoryState.EXPIRED, pair.mentorship_id)


async def test_a_wish_to_move_that_nobody_answered_stands_in_the_line_of_its_booking(database, pair):
    booking = await a_booking(database, pair)
    await ask_to_move(database, pair.mentor, booking.id, Draft("", DRAFT.media, (SECOND,), 30), OFFERED, NOW)
    await close_missed(database, JoinWindow(), OVER)
    found = await moments_of(database, RowKey(True, booking.id))
    assert [what for what, _, _ in found if what in (Happening.EXPIRED, Happening.ENDED, Happening.MISSED)]


async def test_an_offer_that_became_a_booking_is_shown_as_that(database, pair):
    booking = await a_booking(database, pair)
    found = await read_session_page(database, RowKey(False, booking.offer_id), KEY)
    assert found.session.key == RowKey(True, booking.id)


async def test_what_is_not_there_is_not_found(database, pair):
    for row in (RowKey(True, 999), RowKey(False, 999)):
        with pytest.raises(NotFound):
            await read_session_page(database, row, KEY)
