"""Personal links: for one person and one purpose, again and again, until they expire or are revoked."""

from datetime import timedelta

import pytest

from server.people.actions.links import make_link, open_link, revoke_link
from server.people.actions.visits import find_visitor
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose
from tests.server.actors import NOW


async def a_home_link(database, person):
    async with database.writing() as connection:
        return await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")


async def test_it_opens_a_visit_on_each_device(database, pair):
    secret = await a_home_link(database, pair.mentor.person)
    one, two = [await open_link(database, secret, None, NOW) for _ in range(2)]
    assert one.path == two.path == "/home"
    assert one.token != two.token
    assert (await find_visitor(database, one.token, NOW)).person == pair.mentor.person


async def test_a_second_link_of_the_same_person_joins_the_visit(database, pair, by_link):
    first = await open_link(database, await a_home_link(database, pair.mentor.person), None, NOW)
    second = await open_link(database, await a_home_link(database, pair.mentor.person), first.token, NOW)
    assert second.token == first.token


async def test_another_persons_link_begins_a_visit_of_its_own(database, pair):
    first = await open_link(database, await a_home_link(database, pair.mentor.person), None, NOW)
    second = await open_link(database, await a_home_link(database, pair.mentee.person), first.token, NOW)
    assert second.token != first.token
    assert (await find_visitor(database, second.token, NOW)).person == pair.mentee.person


async def test_invented_expired_and_revoked_are_told_the_same(database, pair):
    revoked = await a_home_link(database, pair.mentor.person)
    await revoke_link(database, revoked, NOW)
    expired = await a_home_link(database, pair.mentor.person)
    for secret, now in (("invented", NOW), (revoked, NOW), (expired, NOW + timedelta(days=90))):
        with pytest.raises(LinkNotFound) as refusal:
            await open_link(database, secret, None, now)
        assert refusal.value.sentence == LinkNotFound.sentence


async def test_revoking_ends_the_visits_that_rest_on_it(database, pair):
    secret = await a_home_link(database, pair.mentor.person)
    opened = await open_link(database, secret, None, NOW)
    await revoke_link(database, secret, NOW)
    assert await find_visitor(database, opened.token, NOW) is None
    with pytest.raises(LinkNotFound):
        await revoke_link(database, secret, NOW)


async def test_no_secret_and_no_token_is_in_the_database(database, pair, contents):
    secret = await a_home_link(database, pair.mentor.person)
    opened = await open_link(database, secret, None, NOW)
    stored = repr(await contents())
    assert secret not in stored
    assert opened.token not in stored
