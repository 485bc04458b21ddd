"""Ending visits and links: one, all others, or everything; only one's own, and never the visit that asks for it."""

import pytest
from sqlalchemy import select

from server.catchups.actions.feed import open_feed, subscribe
from server.db.tables import links
from server.errors import NotFound
from server.people.actions.links import find_visitor, make_link, open_link
from server.people.actions.revocations import (
    RevocationCounts,
    end_all_others,
    end_everything,
    end_link_of,
    end_visit_of,
)
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose, secret_hash
from server.people.rules.rate_limits import counted_address
from tests.server.actors import NOW, an_offer

HERE = counted_address(b"key", "192.0.2.1")


@pytest.fixture
def entered(database):
    """A new link of this person's, and a visit by it: secret, and token."""

    async def enter(person, purpose=Purpose.HOME, catchup_id=None):
        async with database.writing() as connection:
            secret = await make_link(
                connection, NOW, person_id=person.id, purpose=purpose, path="/home", catchup_id=catchup_id
            )
        return secret, (await open_link(database, secret, None, NOW)).token

    return enter


async def link_id(database, secret):
    async with database.reading() as connection:
        return (await connection.execute(select(links.c.id).where(links.c.secret_hash == secret_hash(secret)))).scalar()


async def lives(database, token):
    return await find_visitor(database, token, NOW) is not None


async def opens(database, secret):
    try:
        await open_link(database, secret, None, NOW)
    except LinkNotFound:
        return False
    return True


async def test_another_visit_ends_and_its_link_stays(database, pair, entered):
    secret, token = await entered(pair.mentor.person)
    await end_visit_of(database, pair.mentor, (await find_visitor(database, token, NOW)).visit_id)
    assert not await lives(database, token)
    assert await opens(database, secret)


async def test_a_link_ends_with_the_visits_that_it_alone_opened(database, pair, entered):
    secret, token = await entered(pair.mentor.person)
    _, other = await entered(pair.mentor.person)
    await end_link_of(database, pair.mentor, await link_id(database, secret), NOW)
    assert [await lives(database, each) for each in (token, other)] == [False, True]
    assert not await opens(database, secret)


async def test_the_link_that_one_came_by_ends_without_signing_one_out(database, pair, entered, count):
    secret, token = await entered(pair.mentor.person)
    elsewhere = (await open_link(database, secret, None, NOW)).token
    before = await find_visitor(database, token, NOW)
    await end_link_of(database, before, await link_id(database, secret), NOW)
    after = await find_visitor(database, token, NOW)
    assert (after.visit_id, after.home, after.account) == (before.visit_id, before.home, None)
    assert not await lives(database, elsewhere)
    assert not await opens(database, secret)


async def test_all_others_end_feeds_too_but_not_this_one(database, pair, entered):
    feed = await subscribe(database, pair.mentee, NOW)
    secret, token = await entered(pair.mentee.person)
    offer = await an_offer(database, pair)
    to_catchup, by_catchup = await entered(pair.mentee.person, Purpose.CATCHUP, offer.catchup_id)
    _, here = await entered(pair.mentee.person)
    theirs, them = await entered(pair.mentor.person)
    await end_all_others(database, await find_visitor(database, here, NOW), NOW)
    assert [await lives(database, each) for each in (here, token, by_catchup, them)] == [True, False, False, True]
    assert [await opens(database, each) for each in (secret, to_catchup, theirs)] == [False, False, True]
    assert (await find_visitor(database, here, NOW)).home
    with pytest.raises(LinkNotFound):
        await open_feed(database, feed, NOW, HERE)


async def test_only_ones_own(database, pair, entered, contents):
    secret, token = await entered(pair.mentor.person)
    theirs, visitor = await link_id(database, secret), await find_visitor(database, token, NOW)
    before = await contents()
    for stranger in (pair.mentee, pair.stranger):
        with pytest.raises(NotFound):
            await end_link_of(database, stranger, theirs, NOW)
        with pytest.raises(NotFound):
            await end_visit_of(database, stranger, visitor.visit_id)
    assert await contents() == before


async def test_one_that_has_ended_is_not_found(database, pair, entered):
    secret, token = await entered(pair.mentor.person)
    ended, visitor = await link_id(database, secret), await find_visitor(database, token, NOW)
    await end_visit_of(database, pair.mentor, visitor.visit_id)
    await end_link_of(database, pair.mentor, ended, NOW)
    with pytest.raises(NotFound):
        await end_visit_of(database, pair.mentor, visitor.visit_id)
    with pytest.raises(NotFound):
        await end_link_of(database, pair.mentor, ended, NOW)


async def test_everything_of_an_address_ends_and_nothing_else(database, pair, entered):
    secret, token = await entered(pair.mentor.person)
    theirs, them = await entered(pair.mentee.person)
    # Each had a home link and a visit before.
    assert await end_everything(database, "MAYA@example.org", NOW) == RevocationCounts(links=2, visits=2)
    assert [await lives(database, each) for each in (token, them)] == [False, True]
    assert [await opens(database, each) for each in (secret, theirs)] == [False, True]
    assert await end_everything(database, "maya@example.org", NOW) == RevocationCounts(links=0, visits=0)
    with pytest.raises(NotFound):
        await end_everything(database, "nobody@example.org", NOW)
