"""Visits: found by the cookie's token, ended at sign-out, forgotten when they ran out."""

from server.people.actions.links import make_link, open_link, revoke_link
from server.people.actions.visits import end_visit, find_ended, find_visitor, forget_visits
from server.people.rules.links import VISIT_LASTS, Purpose
from tests.server.actors import NOW


async def a_token(database, person):
    async with database.writing() as connection:
        secret = await make_link(connection, NOW, person_id=person.id, purpose=Purpose.ADMIN, path="/history")
    return (await open_link(database, secret, None, NOW)).token


async def test_the_visitor_has_what_the_link_is_for(database, pair):
    visitor = await find_visitor(database, await a_token(database, pair.stranger.person), NOW)
    assert (visitor.admin, visitor.home, visitor.catchups) == (True, False, frozenset())


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


async def test_those_that_are_over_are_found(database, pair):
    """Signed out of, by a revoked link, or never there."""
    person = pair.stranger.person
    lasting, left = [await find_visitor(database, await a_token(database, person), NOW) for _ in range(2)]
    await end_visit(database, left)
    async with database.writing() as connection:
        secret = await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
    only = await find_visitor(database, (await open_link(database, secret, None, NOW)).token, NOW)
    await revoke_link(database, secret, NOW)
    visits = [visitor.visit_id for visitor in (lasting, left, only)]
    assert await find_ended(database, [*visits, 999_999], NOW) == {left.visit_id, only.visit_id, 999_999}
    assert await find_ended(database, visits, NOW + VISIT_LASTS) == set(visits)
    assert await find_ended(database, [], NOW) == set()
