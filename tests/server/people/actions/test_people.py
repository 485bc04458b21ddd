"""Bringing a pair together, and the admin's link."""

from server.people.actions.links import find_visitor, open_link
from server.people.actions.people import NewPerson, add_pair, make_admin_link
from server.people.store import people
from tests.server.actors import NOW

NOUR, LI = NewPerson("Nour", "nour@example.org", "UTC"), NewPerson("Li", "li@example.org", "UTC")


async def test_a_pair_is_made_once_and_the_link_opens_the_mentors_home(database, count):
    for _ in range(2):
        secret = await add_pair(database, NOUR, LI, NOW)
    assert (await count("people"), await count("mentorships")) == (2, 1)
    opened = await open_link(database, secret, None, NOW)
    visitor = await find_visitor(database, opened.token, NOW)
    assert (opened.path, visitor.person.name, visitor.home) == ("/home", "Nour", True)
    async with database.reading() as connection:
        [row] = await people.mentorships_of(connection, visitor.person)
    assert (row.other.name, row.role) == ("Li", "mentor")


async def test_the_admins_link_opens_the_history_and_no_home(database):
    async with database.writing() as connection:
        secret = await make_admin_link(connection, "UTC", NOW)
    opened = await open_link(database, secret, None, NOW)
    visitor = await find_visitor(database, opened.token, NOW)
    assert (opened.path, visitor.admin, visitor.home) == ("/history", True, False)
