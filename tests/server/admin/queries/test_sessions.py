"""Bookings and what became of them: filtered, in pages, at a price that does not grow with the rows."""

from datetime import timedelta

import pytest

from server.admin.queries.sessions import SessionFilter, list_sessions, read_session
from server.catchups.actions.bookings import withdraw
from server.catchups.rules.bookings import BookingState
from tests.server.actors import FIRST, NOW, WITHDREW, a_booking


async def make_bookings(database, pair, number):
    made = []
    for index in range(number):
        made.append(await a_booking(database, pair, FIRST + timedelta(hours=index)))
    return made


async def listed(database, wanted):
    async with database.reading() as connection:
        return [row.booking_id for row in await list_sessions(connection, wanted)]


async def test_newest_first_filtered_and_in_pages(database, pair):
    one, two, three = await make_bookings(database, pair, 3)
    await withdraw(database, pair.mentee, two.id, "", WITHDREW, NOW)
    assert await listed(database, SessionFilter()) == [three.id, two.id, one.id]
    assert await listed(database, SessionFilter(before=three.id)) == [two.id, one.id]
    assert await listed(database, SessionFilter(state=BookingState.CANCELLED)) == [two.id]


@pytest.mark.parametrize("rows", [1, 3])
async def test_three_queries_however_many_rows(database, pair, queries, rows):
    await make_bookings(database, pair, rows)
    async with database.reading() as connection:
        with queries(connection) as made:
            await list_sessions(connection, SessionFilter())
    assert len(made) == 3


async def test_a_booking_that_is_not_there(database, pair):
    async with database.reading() as connection:
        assert await read_session(connection, 99) is None
