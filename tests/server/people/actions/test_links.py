"""Personal links: for one person and one purpose, again and again, until they expire or are revoked.

Visits: found by the cookie's token, ended at sign-out, forgotten when they are too old.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import visits
from server.people.actions.links import (
    end_visit,
    find_visitor,
    forget_visits,
    make_link,
    note_seen,
    open_link,
    revoke_link,
)
from server.people.rules.browsers import BrowserName
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import VISIT_LASTS, Purpose, secret_hash
from server.people.store.links import find_link
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


async def a_token(database, person):
    async with database.writing() as connection:
        secret = await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
    return (await open_link(database, secret, None, NOW)).token


async def test_the_visitor_has_what_the_link_is_for(database, pair):
    visitor = await find_visitor(database, await a_token(database, pair.stranger.person), NOW)
    assert (visitor.account, visitor.home, visitor.catchups) == (None, True, frozenset())


async def test_an_unknown_token_is_nobody(database, pair):
    assert await find_visitor(database, "invented", NOW) is None


async def test_signing_out_ends_it(database, pair):
    token = await a_token(database, pair.stranger.person)
    await end_visit(database, await find_visitor(database, token, NOW))
    assert await find_visitor(database, token, NOW) is None


async def test_old_visits_end_and_are_forgotten(database, pair, count):
    token = await a_token(database, pair.stranger.person)
    later = NOW + VISIT_LASTS
    assert await find_visitor(database, token, later) is None
    assert await forget_visits(database, later) == 4
    assert (await count("visits"), await count("visit_links")) == (0, 0)


async def test_when_it_was_opened_first_and_by_what_is_kept(database, pair):
    secret = await a_home_link(database, pair.mentor.person)
    later = NOW + timedelta(hours=1)
    for now in (NOW, later):
        await open_link(database, secret, None, now, browser=BrowserName("Firefox", "Linux"))
    async with database.reading() as connection:
        link = await find_link(connection, secret_hash(secret))
        rows = await connection.execute(
            select(visits.c.browser, visits.c.system, visits.c.began_at, visits.c.seen_at).order_by(visits.c.id)
        )
        assert [tuple(row) for row in rows][-2:] == [("Firefox", "Linux", now, now) for now in (NOW, later)]
    assert link.opened_at == NOW


async def test_when_it_was_used_last_is_kept(database, pair):
    token = await a_token(database, pair.stranger.person)
    visitor = await find_visitor(database, token, NOW)
    assert visitor.seen_at == NOW
    await note_seen(database, visitor, NOW + timedelta(days=1))
    assert (await find_visitor(database, token, NOW)).seen_at == NOW + timedelta(days=1)
