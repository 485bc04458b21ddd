"""The history: filtered, in pages, at a price that does not grow with its rows."""

from datetime import timedelta

import pytest

from server.actions.bookings import withdraw
from server.actions.offers import accept_offer, decline_offer, make_offer
from server.domain.bookings import BookingState
from server.domain.offers import Draft, Medium, OfferState
from server.storage import history
from server.storage.history import HistoryPage
from tests.server.conftest import DRAFT, FIRST, NOW


async def make_bookings(database, pair, number):
    made = []
    for index in range(number):
        draft = Draft("", frozenset({Medium.VIDEO}), (FIRST + timedelta(hours=index),), 30)
        offer = await make_offer(database, pair.mentor, pair.mentorship_id, draft, NOW)
        made.append(await accept_offer(database, pair.mentee, offer.id, draft.starts[0], Medium.VIDEO, NOW))
    return made


async def listed(database, page):
    async with database.reading() as connection:
        return [row.booking_id for row in await history.list_sessions(connection, page)]


async def test_newest_first_filtered_and_in_pages(database, pair):
    one, two, three = await make_bookings(database, pair, 3)
    await withdraw(database, pair.mentee, two.id, "", NOW)
    assert await listed(database, HistoryPage()) == [three.id, two.id, one.id]
    assert await listed(database, HistoryPage(before=three.id)) == [two.id, one.id]
    assert await listed(database, HistoryPage(state=BookingState.CANCELLED)) == [two.id]


@pytest.mark.parametrize("rows", [1, 3])
async def test_two_queries_however_many_rows(database, pair, queries, rows):
    await make_bookings(database, pair, rows)
    async with database.reading() as connection:
        with queries(connection) as made:
            await history.list_sessions(connection, HistoryPage())
    assert len(made) == 2


async def test_what_never_became_a_booking_is_listed_by_its_newest_offer(database, pair):
    await make_bookings(database, pair, 1)
    declined = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    await decline_offer(database, pair.mentee, declined.id, "", NOW)
    waiting = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    async with database.reading() as connection:
        rows = await history.list_unbooked(connection)
    assert [(row.catchup_id, row.state) for row in rows] == [
        (waiting.catchup_id, OfferState.OPEN),
        (declined.catchup_id, OfferState.DECLINED),
    ]


async def test_a_booking_that_is_not_there(database, pair):
    async with database.reading() as connection:
        assert await history.read_session(connection, 99) is None
