"""Rows of the history with what became of each, at a price that does not grow with them."""

from datetime import timedelta

import pytest

from server.admin.queries.sessions import read_rows
from server.admin.rules.history import RowKey
from tests.server.actors import FIRST, a_booking, an_offer


@pytest.mark.parametrize("rows", [1, 3])
async def test_four_queries_however_many_rows(database, pair, queries, rows):
    keys = [RowKey(False, (await an_offer(database, pair)).id)]
    for index in range(rows):
        keys.append(RowKey(True, (await a_booking(database, pair, FIRST + timedelta(hours=index))).id))
    async with database.reading() as connection:
        with queries(connection) as made:
            found = await read_rows(connection, keys)
    assert [row.key for row in found] == keys
    assert len(made) == 4


async def test_a_booking_that_is_not_there(database, pair):
    async with database.reading() as connection:
        assert await read_rows(connection, [RowKey(True, 99)]) == ()
