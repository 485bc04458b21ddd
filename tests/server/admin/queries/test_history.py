"""The history: filtered, in pages, at a price that does not grow with its rows."""

from datetime import timedelta

import pytest

from server.admin.queries import history
from server.admin.queries.history import HistoryPage
from server.catchups.actions.answers import accept_offer, decline_offer, undo_answer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from tests.server.actors import (
    DECLINED,
    DRAFT,
    FIRST,
    NOW,
    OFFERED,
    SECOND,
    UNDID,
    WITHDREW,
    a_booking,
    accepting,
    an_offer,
)


async def make_bookings(database, pair, number):
    made = []
    for index in range(number):
        made.append(await a_booking(database, pair, FIRST + timedelta(hours=index)))
    return made


async def listed(database, page):
    async with database.reading() as connection:
        return [row.booking_id for row in await history.list_sessions(connection, page)]


async def test_newest_first_filtered_and_in_pages(database, pair):
    one, two, three = await make_bookings(database, pair, 3)
    await withdraw(database, pair.mentee, two.id, "", WITHDREW, NOW)
    assert await listed(database, HistoryPage()) == [three.id, two.id, one.id]
    assert await listed(database, HistoryPage(before=three.id)) == [two.id, one.id]
    assert await listed(database, HistoryPage(state=BookingState.CANCELLED)) == [two.id]


@pytest.mark.parametrize("rows", [1, 3])
async def test_three_queries_however_many_rows(database, pair, queries, rows):
    await make_bookings(database, pair, rows)
    async with database.reading() as connection:
        with queries(connection) as made:
            await history.list_sessions(connection, HistoryPage())
    assert len(made) == 3


async def test_what_never_became_a_booking_is_listed_by_its_newest_offer(database, pair):
    await make_bookings(database, pair, 1)
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    waiting = await an_offer(database, pair)
    async with database.reading() as connection:
        rows = await history.list_unbooked(connection)
    assert [(row.catchup_id, row.state) for row in rows] == [
        (waiting.catchup_id, OfferState.OPEN),
        (declined.catchup_id, OfferState.DECLINED),
    ]


async def test_a_wish_to_move_is_of_a_booking_and_an_undone_acceptance_is_of_none(database, pair):
    [booking] = await make_bookings(database, pair, 1)
    await ask_to_move(database, pair.mentor, booking.id, Draft("", DRAFT.media, (SECOND,), 30), OFFERED, NOW)
    undone = await an_offer(database, pair)
    await accept_offer(database, pair.mentee, undone.id, accepting(SECOND), NOW)
    await undo_answer(database, pair.mentee, undone.id, UNDID, JoinWindow(), NOW)
    async with database.reading() as connection:
        rows = await history.list_unbooked(connection)
    assert [(row.catchup_id, row.state) for row in rows] == [(undone.catchup_id, OfferState.OPEN)]


async def test_a_booking_that_is_not_there(database, pair):
    async with database.reading() as connection:
        assert await history.read_session(connection, 99) is None
