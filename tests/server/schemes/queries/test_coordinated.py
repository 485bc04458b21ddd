"""The list of the schemes that somebody coordinates."""

from dataclasses import replace

from server.schemes.queries.coordinated import read_coordinated
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import add_membership
from tests.server.actors import NOW, statements, visitor_with_account
from tests.server.schemes.a_scheme import MENTEE, MENTOR, TEXT, open_scheme


async def test_each_says_how_many_are_in_it_and_the_number_of_statements_does_not_grow(database, pair):
    admin = await visitor_with_account(database)
    assert await read_coordinated(database, admin) == ()
    first = await open_scheme(database, admin, NOW)
    with statements(database) as of_one:
        await read_coordinated(database, admin)
    for number in (2, 3):
        await open_scheme(database, admin, NOW, name=f"Scheme {number}", slug=f"scheme-{number}")
    async with database.writing() as connection:
        for person, state, said in (
            (pair.mentor, MembershipState.MEMBER, MENTOR),
            (pair.mentee, MembershipState.MEMBER, replace(MENTEE, wishes="A quiet one.")),
            (pair.stranger, MembershipState.APPLIED, MENTEE),
        ):
            await add_membership(connection, first, person.person.id, state, said, NOW)
    with statements(database) as of_three:
        found = await read_coordinated(database, admin)
    assert len(of_one) == len(of_three)
    assert [each.scheme.text.name for each in found] == [TEXT.name, "Scheme 2", "Scheme 3"]
    assert [(each.counts["member"], each.counts["applied"], each.counts["left"]) for each in found] == [
        (2, 1, 0),
        (0, 0, 0),
        (0, 0, 0),
    ]
