"""The list of people and how each stands."""

import pytest
from sqlalchemy import update

from server.admin.actions.mentorships import arrange
from server.admin.queries import people as queries
from server.admin.queries.people import PAGE_PEOPLE, read_people_page, read_person_page
from server.db.tables import people
from server.errors import NotFound
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.mentorships import MentorshipEvent, MentorshipState
from server.people.store.people import add_unlisted_person, list_people
from tests.server.actors import NOW, a_booking, an_offer, emails_left, statements, visitor_with_account


async def names(database, typed="", after=None):
    return [row.person.name for row in (await read_people_page(database, typed, after)).rows]


async def add(database, *given):
    async with database.writing() as connection:
        for number, name in enumerate(given):
            await find_or_add_person(connection, NewPerson(name, f"{number}@many.example", "UTC"), NOW)


async def test_people_are_listed_by_name_as_people_sort_it(database):
    await add(database, "zoe", "Adler", "Özil", "Émile", "Oz", "🌱 Paul")
    assert await names(database) == ["Adler", "Émile", "Oz", "Özil", "🌱 Paul", "zoe"]


async def test_each_page_goes_on_where_the_one_before_ended(database):
    await add(database, *(f"Nour {number:03}" for number in range(2 * PAGE_PEOPLE + 1)), "Li")
    first = await read_people_page(database, "", None)
    second = await read_people_page(database, "", first.next)
    third = await read_people_page(database, "", second.next)
    listed = [row.person.name for page in (first, second, third) for row in page.rows]
    assert (len(listed), len(set(listed)), listed[0]) == (102, 102, "Li")
    assert third.next is None
    found = await read_people_page(database, "nour", None)
    assert (await names(database, "nour", found.next))[-1] == f"Nour {PAGE_PEOPLE * 2 - 1:03}"


@pytest.mark.parametrize("many", [queries.MANY, 1])
async def test_a_search_finds_by_each_word_and_by_the_whole_address(database, pair, monkeypatch, many):
    """The same where so many have the name that the list is walked through."""
    monkeypatch.setattr(queries, "MANY", many)
    await add(database, "Anna Adler", "Bo Anders")
    assert await names(database, "a") == ["Anna Adler", "Bo Anders"]
    assert await names(database, "adler a") == ["Anna Adler"]
    assert await names(database, "SAM@example.org") == ["Sam"]
    assert await names(database, "sam@") == []


async def test_who_has_not_confirmed_their_sign_up_is_found_by_no_search(database):
    async with database.writing() as connection:
        given = {"zone": "UTC", "language": "en", "zone_known": False}
        newcomer = await add_unlisted_person(connection, NOW, "Nia", "nia@example.org", **given)
    assert [await names(database, typed) for typed in ("", "nia", "nia@example.org")] == [[], [], []]
    async with database.writing() as connection:
        await list_people(connection, (newcomer,))
    assert [await names(database, typed) for typed in ("", "nia", "nia@example.org")] == [["Nia"]] * 3


async def test_how_somebody_stands_is_seen_at_a_glance(database, pair):
    async def standing(typed):
        [row] = (await read_people_page(database, typed, None)).rows
        return row.standing

    maya = await standing("maya")
    assert (maya.has_opened, maya.was_reached, maya.has_failed) == (True, False, False)
    assert (maya.has_number, maya.has_hours, maya.mentees, maya.mentors) == (False, False, 1, 0)
    await an_offer(database, pair)
    await emails_left(database)
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.name == "Sam").values(phone="+44 20 7946 0123"))
    sam = await standing("sam")
    assert (sam.was_reached, sam.has_number, sam.mentees, sam.mentors) == (True, True, 0, 1)
    await add(database, "Nour")
    assert not (await standing("nour")).has_opened


async def test_the_number_of_statements_does_not_grow_with_the_people(database):
    counts = []
    for number in (1, 3):
        await add(database, *(f"Nour {each}" for each in range(number)))
        with statements(database) as made:
            await read_people_page(database, "nour", None)
        counts.append(len(made))
    assert counts[0] == counts[1]


async def test_a_persons_page_has_their_pairs(database, pair):
    ada = await visitor_with_account(database)
    await a_booking(database, pair)
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.PAUSE, NOW)
    page = await read_person_page(database, pair.mentor.person.id, NOW)
    assert (page.email, page.role, page.seen_at) == ("maya@example.org", None, NOW)
    [found] = page.pairs
    assert (found.row.other.name, found.row.state, found.since, found.coming) == ("Sam", MentorshipState.PAUSED, NOW, 1)
    with pytest.raises(NotFound):
        await read_person_page(database, 999, NOW)
