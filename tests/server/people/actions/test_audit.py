"""Only who runs the scheme acts in the audit log."""

import pytest

from server.errors import NotFound
from server.people.actions.audit import acting, note_act
from server.people.queries.looks import read_looks_page
from server.people.rules.accounts import Role
from server.people.rules.audit import Act, Actor
from tests.server.actors import NOW, visitor_with_account


async def test_who_has_no_account_acts_not(database, pair, contents):
    before = await contents()
    with pytest.raises(NotFound):
        await note_act(database, pair.mentor, Act.LOOKED_AT_SESSION, NOW, people=(pair.mentee.person.id,))
    assert await contents() == before


async def test_a_look_is_seen_by_those_whose_data_it_was_and_nobody_else(database, pair):
    ben = await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")
    assert acting(ben) == Actor(ben.account.id)
    await note_act(database, ben, Act.LOOKED_AT_SESSION, NOW, people=(pair.mentee.person.id,))
    for visitor, seen in ((pair.mentee, [("ben", "looked_at_session", "")]), (pair.mentor, [])):
        found = await read_looks_page(database, visitor)
        assert [(look.actor, look.act, look.reason) for look in found.looks] == seen
