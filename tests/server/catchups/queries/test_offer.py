"""Which times of an offer are left. The rest of its page: tests/server/catchups/pages/test_offer.py."""

from datetime import timedelta

import pytest

from server.catchups.queries.offer import find_offer, read_offer_page
from server.catchups.rules.join_window import JoinWindow
from server.errors import NotFound
from tests.server.actors import FIRST, NOW, SECOND, a_booking, an_offer
from tests.server.sending import SEALER


async def test_the_times_that_are_left_can_be_chosen(database, pair):
    offer = await an_offer(database, pair)
    page = await read_offer_page(database, SEALER, pair.mentee, offer.id, JoinWindow(), NOW)
    assert page.free_starts == (FIRST, SECOND)
    await a_booking(database, pair, FIRST - timedelta(minutes=15))
    page = await read_offer_page(database, SEALER, pair.mentee, offer.id, JoinWindow(), NOW)
    assert page.free_starts == (SECOND,)


async def test_an_offer_that_does_not_wait_has_none(database, pair):
    offer = await an_offer(database, pair)
    page = await read_offer_page(database, SEALER, pair.mentee, offer.id, JoinWindow(), SECOND)
    assert (page.possible_times, page.free_starts) == ((), ())


async def test_only_the_two_find_it(database, pair, by_link):
    offer, other = await an_offer(database, pair), await an_offer(database, pair)
    assert (await find_offer(database, pair.mentor, offer.id)).offer == offer
    for visitor in (pair.stranger, await by_link(pair.mentee.person, other.catchup_id)):
        with pytest.raises(NotFound):
            await find_offer(database, visitor, offer.id)
        with pytest.raises(NotFound):
            await read_offer_page(database, SEALER, visitor, offer.id, JoinWindow(), NOW)
