"""What a home shows, and what it costs. Most of it: tests/server/people/pages/test_home.py."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from server.catchups.actions.answers import decline_offer
from server.db.database import Database
from server.errors import NotFound
from server.people.queries.home import read_home_page
from tests.server.actors import DECLINED, DRAFT, FIRST, NOW, a_booking, an_offer


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Those that are run on this database: other sites of the suite have jobs of their own."""
    made: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        made.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    yield made
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_what_one_is_to_answer_oneself_comes_first(database, pair):
    asked = await an_offer(database, pair)
    own = await an_offer(database, replace(pair, mentor=pair.mentee), replace(DRAFT, note="Mine."), NOW)
    for visitor, first, second in ((pair.mentee, asked, own), (pair.mentor, own, asked)):
        page = await read_home_page(database, visitor, NOW)
        assert [view.offer for view in page.offers] == [first, second]


async def test_the_price_does_not_grow_with_the_rows(database, pair):
    prices = []
    for more in (1, 2):
        for index in range(more):
            await a_booking(database, pair, FIRST + timedelta(hours=len(prices) * 2 + index))
            declined = await an_offer(database, pair)
            await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
            await an_offer(database, pair)
        with statements(database) as made:
            page = await read_home_page(database, pair.mentor, NOW)
        prices.append((len(made), len(page.bookings), len(page.offers), len(page.ended)))
    [(once, *rows), (again, *more_rows)] = prices
    assert (rows, more_rows) == ([1, 1, 1], [3, 3, 3])
    assert again == once


async def test_only_from_home(database, pair, by_link):
    offer = await an_offer(database, pair)
    with pytest.raises(NotFound):
        await read_home_page(database, await by_link(pair.mentee.person, offer.catchup_id), NOW)
