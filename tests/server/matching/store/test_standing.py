"""How the members of a scheme stand."""

import pytest
from sqlalchemy import text

from server.matching.store.standing import PARTED, standing_in
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.store.people import add_mentorship
from tests.server.actors import NOW
from tests.server.matching.members import two_members


async def test_a_mentorship_takes_a_place_only_where_both_are_members(database):
    members = await two_members(database)
    lena, nuri = members.mentor, members.mentee
    async with database.writing() as connection:
        outsider = await find_or_add_person(connection, NewPerson("Yara", "yara@example.org", "UTC"), NOW)
        await add_mentorship(connection, lena.visitor.person.id, outsider.id, NOW)
        assert (await standing_in(connection, members.scheme_id)).taken == {}
        await add_mentorship(connection, lena.visitor.person.id, nuri.visitor.person.id, NOW)
        standing = await standing_in(connection, members.scheme_id)
    assert standing.taken == {lena.membership_id: 1}
    assert standing.busy_mentees == {nuri.membership_id}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_no_mentor_is_tried_with_each_mentee(database):
    """At 3,000 members that took seconds. PostgreSQL plans by statistics of its own."""
    async with database.reading() as connection:
        asked = str(PARTED.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True}))
        plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {asked.replace('?', '1')}"))
        steps = [row[-1] for row in plan if "mentees" in row[-1]]
    assert len(steps) == 1
    assert "(scheme_id=? AND person_id=?)" in steps[0]
