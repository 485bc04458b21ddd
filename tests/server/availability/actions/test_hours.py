"""Saying when one has time: for oneself, from home."""

import pytest

from server.availability.actions.hours import set_hours
from server.availability.rules import WeeklyHours
from server.availability.store import hours
from server.catchups.actions.offers import make_offer
from server.errors import InvalidInput, NotFound
from tests.server.actors import DRAFT, NOW
from tests.server.site import OFFERED


async def weekly_of(database, person):
    async with database.reading() as connection:
        return (await hours.hours_of(connection, person.id, NOW.date())).weekly


async def test_hours_are_kept_for_who_says_them(database, pair):
    await set_hours(database, pair.mentor, [WeeklyHours(0, 540, 720)], [])
    assert await weekly_of(database, pair.mentor.person) == (WeeklyHours(0, 540, 720),)
    assert await weekly_of(database, pair.mentee.person) == ()


async def test_a_link_to_one_catch_up_does_not_reach_them(database, pair, by_link, contents):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW)
    visitor = await by_link(pair.mentor.person, offer.catchup_id)
    before = await contents()
    with pytest.raises(NotFound):
        await set_hours(database, visitor, [WeeklyHours(0, 540, 720)], [])
    assert await contents() == before


async def test_hours_that_cannot_be_meant_change_nothing(database, pair, contents):
    await set_hours(database, pair.mentor, [WeeklyHours(0, 540, 720)], [])
    before = await contents()
    with pytest.raises(InvalidInput):
        await set_hours(database, pair.mentor, [WeeklyHours(0, 720, 540)], [])
    assert await contents() == before
