"""The secret of a person's own calendar: made, opened, ended."""

import pytest

from server.catchups.actions.feed import open_feed, subscribe, unsubscribe
from server.errors import NotFound
from server.people.actions.links import make_link, open_link
from server.people.rules.errors import LinkNotFound, TooManyWrongLinks
from server.people.rules.links import LASTS, Purpose
from server.people.rules.rate_limits import WRONG_FEEDS, WRONG_LINKS, counted_address
from tests.server.actors import NOW, an_offer

HERE, THERE = counted_address(b"key", "192.0.2.1"), counted_address(b"key", "192.0.2.2")


@pytest.fixture
async def secret(database, pair):
    return await subscribe(database, pair.mentee, NOW)


async def test_a_new_one_ends_the_old_and_it_can_be_ended(database, pair, secret):
    fresh = await subscribe(database, pair.mentee, NOW)
    with pytest.raises(LinkNotFound):
        await open_feed(database, secret, NOW, HERE)
    assert await open_feed(database, fresh, NOW, HERE) == pair.mentee.person.id
    await unsubscribe(database, pair.mentee, NOW)
    with pytest.raises(LinkNotFound):
        await open_feed(database, fresh, NOW, HERE)


async def test_only_from_home(database, pair, by_link):
    offer = await an_offer(database, pair)
    visitor = await by_link(pair.mentee.person, offer.catchup_id)
    for act in (subscribe, unsubscribe):
        with pytest.raises(NotFound):
            await act(database, visitor, NOW)


async def test_a_secret_opens_what_it_is_for_and_nothing_else(database, pair, secret):
    with pytest.raises(LinkNotFound):
        await open_link(database, secret, None, NOW)
    async with database.writing() as connection:
        home = await make_link(connection, NOW, person_id=pair.mentee.person.id, purpose=Purpose.HOME, path="/home")
    with pytest.raises(LinkNotFound):
        await open_feed(database, home, NOW, HERE)


async def test_unknown_expired_and_ended_are_told_the_same_and_counted_alike(database, pair, secret):
    ended = await subscribe(database, pair.mentor, NOW)
    await unsubscribe(database, pair.mentor, NOW)
    for wrong, now in (("invented", NOW), (ended, NOW), (secret, NOW + LASTS[Purpose.FEED])):
        with pytest.raises(LinkNotFound) as refusal:
            await open_feed(database, wrong, now, HERE)
        assert refusal.value.sentence == LinkNotFound.sentence


async def test_too_many_wrong_ones_have_to_wait_but_nobody_elsewhere_nor_good_ones(database, pair, secret):
    for number in range(WRONG_FEEDS.tries):
        with pytest.raises(LinkNotFound):
            await open_feed(database, f"wrong{number}", NOW, HERE)
    with pytest.raises(TooManyWrongLinks):
        await open_feed(database, "wrong", NOW, HERE)
    assert await open_feed(database, secret, NOW, HERE) == pair.mentee.person.id
    with pytest.raises(LinkNotFound):
        await open_feed(database, "wrong", NOW, THERE)
    assert WRONG_LINKS.name != WRONG_FEEDS.name
