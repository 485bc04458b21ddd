"""A pair is added with an email to the mentor, once in the audit log; what is refused changes nothing."""

import asyncio

import pytest
from sqlalchemy import select

from server.admin.actions.importing import Defaults, ImportNotReady, bring_in
from server.admin.actions.pairs import add_pair_with_welcome
from server.admin.rules.importing import ImportedPerson, ImportRow
from server.db.tables import mentorships, outbox, people
from server.errors import DomainError
from server.people.actions.people import NewPerson
from server.people.queries.looks import read_looks_page
from server.people.rules.accounts import Role
from tests.server.actors import NOW, visitor_with_account

NOUR, LI = NewPerson("Nour", "nour@example.org", "UTC"), NewPerson("Li", "li@example.org", "UTC")


@pytest.fixture
async def ben(database):
    return await visitor_with_account(database, role=Role.COORDINATOR, email="ben@example.org")


async def test_the_mentor_gets_an_email_with_a_link_and_both_see_who_added_them(database, pair, ben):
    mentor, mentee = await add_pair_with_welcome(database, ben, NOUR, NewPerson("S", "sam@example.org", "UTC"), NOW)
    assert (mentor.name, mentee) == ("Nour", pair.mentee.person)
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox))
        assert [(row.recipient_id, row.kind, row.path) for row in rows] == [(mentor.id, "mentor_welcome", "/home")]
    found = await read_looks_page(database, pair.mentee)
    assert [(look.actor, look.act) for look in found.looks] == [("ben", "added_person")]


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [(NOUR, NOUR), (NewPerson(" ", "n@example.org", "UTC"), LI), (NOUR, NewPerson("Li", "li", "UTC"))],
)
async def test_what_is_no_pair_is_refused(database, ben, contents, mentor, mentee):
    before = await contents()
    with pytest.raises(DomainError):
        await add_pair_with_welcome(database, ben, mentor, mentee, NOW)
    assert await contents() == before


async def test_a_pair_and_an_import_of_the_same_people_at_once_add_them_once(database, ben):
    row = ImportRow(2, ImportedPerson(NOUR.name, NOUR.email), ImportedPerson(LI.name, LI.email))
    adding = [add_pair_with_welcome(database, ben, NOUR, LI, NOW) for _ in range(3)]
    importing = [bring_in(database, ben, [row], Defaults("UTC", "en"), NOW) for _ in range(2)]
    results = await asyncio.gather(*adding, *importing, return_exceptions=True)
    assert {type(each) for each in results} <= {tuple, int, ImportNotReady}
    async with database.reading() as connection:
        names = (await connection.execute(select(people.c.name).order_by(people.c.name))).scalars().all()
        assert (names, len((await connection.execute(select(mentorships))).all())) == (["Li", "Nour", "ben"], 1)
