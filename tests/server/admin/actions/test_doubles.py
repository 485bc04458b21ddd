"""People who are probably one are found when they come or change, also among very many of the same name."""

import pytest
from sqlalchemy import insert, select, update

from server.admin.actions.doubles import compare_people, dismiss, name_double
from server.admin.actions.merging import merge_people
from server.admin.queries.doubles import read_doubles_page, read_merge_preview
from server.admin.rules.doubles import AlreadyMerged, PairWithOneself, Sign
from server.admin.store.doubles import MOST_OTHERS
from server.db.tables import double_keys, doubles, people
from server.errors import InvalidInput, NotFound
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.store.people import AddedPerson, add_people, add_unlisted_person, list_people, set_email, set_name
from tests.server.actors import NOW, visitor_with_account
from tests.server.privacy.actions.test_erasing import erase
from tests.server.sending import SEALER


async def add(database, name, email):
    async with database.writing() as connection:
        return await find_or_add_person(connection, NewPerson(name, email, "UTC"), NOW)


async def found(database):
    await compare_people(database)
    return [(row.names, row.signs) for row in (await read_doubles_page(database)).rows]


async def test_those_who_are_new_and_those_who_change_are_compared(database, pair):
    assert await found(database) == []
    await add(database, "Sam", "s.a.m@example.org")
    assert await found(database) == [(("Sam", "Sam"), (Sign.SAME_NAME, Sign.SAME_ADDRESS))]
    async with database.writing() as connection:
        await set_name(connection, pair.mentee.person.id, "Zadie")
    assert await found(database) == [(("Zadie", "Sam"), (Sign.SAME_ADDRESS,))]
    async with database.writing() as connection:
        await set_email(connection, pair.mentee.person.id, "zadie@example.org")
    assert await found(database) == []


async def test_nobody_is_compared_who_has_not_confirmed_who_they_are(database, pair):
    async with database.writing() as connection:
        given = {"zone": "UTC", "language": "en", "zone_known": False}
        newcomer = await add_unlisted_person(connection, NOW, "Sam", "s.a.m@example.org", **given)
    assert await found(database) == []
    async with database.writing() as connection:
        await list_people(connection, (newcomer,))
    assert [names for names, _ in await found(database)] == [("Sam", "Sam")]


async def test_two_who_are_two_are_not_shown_again(database, pair):
    await add(database, "Sam", "other@example.org")
    await compare_people(database)
    [row] = (await read_doubles_page(database)).rows
    await dismiss(database, row.id, NOW)
    async with database.writing() as connection:
        await connection.execute(update(people).values(to_compare=True))
    assert await found(database) == []
    with pytest.raises(NotFound):
        await dismiss(database, row.id + 1, NOW)


async def test_an_admin_names_two_whom_nothing_joins(database, pair):
    other = await add(database, "Someone else", "else@example.org")
    double_id = await name_double(database, pair.mentee.person.id, " ELSE@example.org")
    assert await name_double(database, other.id, "sam@example.org") == double_id
    preview = await read_merge_preview(database, double_id)
    assert (preview.signs, preview.refusal, preview.joined) == ((), None, ())
    for email in ("nobody@example.org", "sam@example.org", "sam"):
        with pytest.raises(InvalidInput):
            await name_double(database, pair.mentee.person.id, email)
    itself = await read_merge_preview(database, await name_double(database, pair.mentee.person.id, "maya@example.org"))
    assert isinstance(itself.refusal, PairWithOneself)


async def test_nothing_is_left_of_those_who_were_merged_or_erased(database, pair):
    other = await add(database, "Sam", "other@example.org")
    await add(database, "Sam", "third@example.org")
    await compare_people(database)
    [first, *_] = (await read_doubles_page(database)).rows
    admin = await visitor_with_account(database)
    await merge_people(database, admin, pair.mentee.person.id, other.id, "Sam", "twice", SEALER, NOW)
    with pytest.raises((AlreadyMerged, NotFound)):
        await read_merge_preview(database, first.id)
    assert len(await found(database)) == 1
    await erase(database, pair.mentee.person, NOW)
    assert await found(database) == []
    async with database.reading() as connection:
        keyed = set((await connection.execute(select(double_keys.c.person_id))).scalars())
    assert not keyed & {pair.mentee.person.id, other.id}


async def test_a_key_that_very_many_have_hides_no_other(database):
    many = [AddedPerson("Aaa", f"aaa{number}@example.org", "UTC", "en") for number in range(MOST_OTHERS)]
    async with database.writing() as connection:
        ids = (await add_people(connection, many, NOW)).values()
        await connection.execute(update(people).values(to_compare=False))
        keys = [{"person_id": person_id, "kind": "name", "key": "aaa"} for person_id in ids]
        await connection.execute(insert(double_keys), keys)
    zed, again = [await add(database, "Zed Okafor", f"{each}@example.org") for each in ("z1", "z2")]
    # In the same batch.
    await add(database, "Aaa", "another@example.org")
    await compare_people(database)
    async with database.reading() as connection:
        found = {(row.first_id, row.second_id) for row in await connection.execute(select(doubles))}
    assert (zed.id, again.id) in found
    assert MOST_OTHERS - 1 <= len(found) - 1 <= MOST_OTHERS


async def test_a_page_has_some_and_the_next_the_others(database):
    new = [AddedPerson("Sam Okafor", f"sam{number}@example.org", "UTC", "en") for number in range(9)]
    async with database.writing() as connection:
        await add_people(connection, new, NOW)
    await compare_people(database)
    first = await read_doubles_page(database)
    rest = await read_doubles_page(database, first.next)
    assert (len(first.rows), len(rest.rows), rest.next) == (25, 11, None)
