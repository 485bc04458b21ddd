"""A link that works once: by a form, in one browser, to everything that is theirs."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import audit_entries
from server.errors import DomainError
from server.people.actions.links import OneTimeLink, find_visitor, make_link, open_link
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import Role
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import LASTS, Purpose
from tests.server.actors import NOW, account_link, visitor_with_account


async def test_opening_it_uses_nothing_up_and_using_it_signs_in_once(database):
    secret = await account_link(database)
    for _ in range(3):
        assert isinstance(await open_link(database, secret, None, NOW), OneTimeLink)
    opened = await use_one_time_link(database, secret, None, NOW)
    visitor = await find_visitor(database, opened.token, NOW)
    assert (opened.path, visitor.account.role, visitor.home) == ("/admin", Role.ADMIN, False)
    for use in (use_one_time_link, open_link):
        with pytest.raises(LinkNotFound):
            await use(database, secret, None, NOW)


async def test_of_many_at_once_one_gets_in(database):
    secret = await account_link(database)
    tries = [use_one_time_link(database, secret, None, NOW) for _ in range(10)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(each, DomainError) for each in found) == 1


async def test_it_ends_unused_and_so_does_its_visit(database):
    lasts = LASTS[Purpose.ADMIN]
    secret, late = await account_link(database), await account_link(database)
    with pytest.raises(LinkNotFound):
        await use_one_time_link(database, late, None, NOW + lasts)
    token = (await use_one_time_link(database, secret, None, NOW)).token
    assert await find_visitor(database, token, NOW + lasts - timedelta(seconds=1)) is not None
    assert await find_visitor(database, token, NOW + lasts) is None


async def test_who_is_a_mentor_too_keeps_both(database, pair):
    maya = await visitor_with_account(database, email="maya@example.org")
    assert (maya.person, maya.home, maya.account.role) == (pair.mentor.person, True, Role.ADMIN)
    assert (pair.mentor.home, pair.mentor.account) == (True, None)


async def test_a_visit_of_theirs_goes_on_under_a_new_token(database, pair):
    secret = await account_link(database, email="maya@example.org")
    old = await open_home(database, pair)
    before = await find_visitor(database, old, NOW)
    new = (await use_one_time_link(database, secret, old, NOW)).token
    after = await find_visitor(database, new, NOW)
    assert (after.visit_id, after.account is not None, before.account) == (before.visit_id, True, None)
    assert await find_visitor(database, old, NOW) is None


async def test_somebody_elses_visit_in_this_browser_is_left_alone(database, pair):
    old = await open_home(database, pair)
    opened = await use_one_time_link(database, await account_link(database), old, NOW)
    assert (await find_visitor(database, old, NOW)).person == pair.mentor.person
    assert (await find_visitor(database, opened.token, NOW)).person.name == "ada"


async def test_signing_in_is_in_the_audit_log(database):
    ada = await visitor_with_account(database)
    async with database.reading() as connection:
        rows = await connection.execute(select(audit_entries).order_by(audit_entries.c.id))
    assert [(row.account_id, row.act) for row in rows] == [
        (None, "made_account"),
        (None, "made_link"),
        (ada.account.id, "signed_in"),
    ]


async def open_home(database, pair):
    async with database.writing() as connection:
        secret = await make_link(connection, NOW, person_id=pair.mentor.person.id, purpose=Purpose.HOME, path="/home")
    return (await open_link(database, secret, None, NOW)).token
