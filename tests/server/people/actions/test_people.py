"""Bringing a pair together, and the admin's link."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from server.errors import InvalidInput
from server.people.actions.links import find_visitor, open_link
from server.people.actions.people import NewPerson, add_pair, correct_person
from server.people.rules.errors import AddressTaken, OnePersonTwice, UnknownAddress
from server.people.store import people
from server.people.store.contacts import any_contact
from tests.server.actors import NOW

NOUR, LI = NewPerson("Nour", "nour@example.org", "UTC"), NewPerson("Li", "li@example.org", "UTC")


async def test_a_pair_is_made_once_and_the_link_opens_the_mentors_home(database, count):
    for _ in range(2):
        added = await add_pair(database, NOUR, LI, NOW)
    assert (await count("people"), await count("mentorships")) == (2, 1)
    opened = await open_link(database, added.secret, None, NOW)
    visitor = await find_visitor(database, opened.token, NOW)
    assert (opened.path, visitor.person.name, visitor.home) == ("/home", "Nour", True)
    async with database.reading() as connection:
        [row] = await people.mentorships_of(connection, visitor.person)
    assert (row.other.name, row.role) == ("Li", "mentor")


async def test_capitals_make_no_other_person_and_what_is_known_of_them_stays(database, count):
    await add_pair(database, replace(NOUR, email="Nöur@Example.org"), LI, NOW)
    again = NewPerson("Nour Haddad", "NÖUR@example.ORG", "Africa/Cairo", "ar", zone_known=True)
    added = await add_pair(database, again, LI, NOW)
    assert (await count("people"), await count("mentorships")) == (2, 1)
    nour = added.mentor
    assert (nour.name, nour.zone, nour.language) == ("Nour", "UTC", "en")
    async with database.reading() as connection:
        assert (await any_contact(connection, nour.id)).email == "Nöur@Example.org"


async def test_the_database_itself_keeps_addresses_apart(database, pair):
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await people.add_person(connection, NOW, "Sam Two", "SAM@example.org", "UTC", "en", zone_known=False)


async def test_language_and_zone_are_those_that_were_given(database):
    added = await add_pair(database, replace(NOUR, zone="Africa/Cairo", language="ar", zone_known=True), LI, NOW)
    assert (added.mentor.language, added.mentor.language_known) == ("ar", False)
    assert (added.mentor.zone, added.mentor.zone_known) == ("Africa/Cairo", True)
    assert (added.mentee.language, added.mentee.zone, added.mentee.zone_known) == ("en", "UTC", False)


@pytest.mark.parametrize(
    ("mentor", "mentee", "field"),
    [
        (replace(NOUR, email="notmail"), LI, "mentor_email"),
        (NOUR, replace(LI, email="li@"), "mentee_email"),
        (replace(NOUR, name=" "), LI, "mentor_name"),
        (NOUR, replace(LI, name=""), "mentee_name"),
    ],
)
async def test_what_cannot_be_a_person_is_refused_and_changes_nothing(database, contents, mentor, mentee, field):
    before = await contents()
    with pytest.raises(InvalidInput) as refusal:
        await add_pair(database, mentor, mentee, NOW)
    assert (refusal.value.field, await contents()) == (field, before)


async def test_nobody_is_their_own_mentor(database, contents):
    before = await contents()
    with pytest.raises(OnePersonTwice):
        await add_pair(database, NOUR, replace(NOUR, name="Nour Two", email=" NOUR@example.org "), NOW)
    assert await contents() == before


async def test_a_name_and_an_address_are_corrected(database, pair):
    sam = await correct_person(database, "SAM@example.org", NOW, " Sam  Okafor-Lund", "SAM@Example.org")
    assert (sam.id, sam.name) == (pair.mentee.person.id, "Sam Okafor-Lund")
    async with database.reading() as connection:
        found = await people.find_person_by_email(connection, "sam@example.org")
    assert (found.id, found.name) == (sam.id, "Sam Okafor-Lund")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (("nobody@example.org", "Sam"), UnknownAddress),
        (("sam@example.org", "Sam Two", "MAYA@example.org"), AddressTaken),
        (("sam@example.org", None, "notmail"), InvalidInput),
        (("sam@example.org", " "), InvalidInput),
    ],
)
async def test_a_correction_that_is_refused_changes_nothing(database, pair, contents, arguments, refusal):
    before = await contents()
    with pytest.raises(refusal):
        await correct_person(database, arguments[0], NOW, *arguments[1:])
    assert await contents() == before
