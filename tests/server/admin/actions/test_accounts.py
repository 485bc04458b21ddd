"""Accounts are made, changed and removed; an admin is always left."""

import asyncio

import pytest
from sqlalchemy import select

from server.admin.actions.accounts import (
    NewAccount,
    change_role,
    find_any_account,
    invite,
    make_account,
    remove_account,
    send_link,
    sign_out_account,
)
from server.admin.queries.accounts import read_accounts
from server.db.tables import outbox
from server.errors import InvalidInput, NotFound
from server.people.actions.revocations import end_visit_of
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import LastAdmin, NoAccount, Role
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.errors import LinkNotFound, UnknownAddress
from tests.server.actors import NOW, account_link, visitor_with_account

BEN = NewAccount("ben@example.org", Role.COORDINATOR, "UTC", "en", "Ben Weiss")


@pytest.fixture
async def ada(database):
    return await visitor_with_account(database)


async def listed(database):
    return {row.name: row.account.role for row in await read_accounts(database, NOW)}


async def test_who_is_invited_gets_an_email_with_a_link(database, ada):
    await invite(database, ada, BEN, NOW)
    assert await listed(database) == {"ada": Role.ADMIN, "Ben Weiss": Role.COORDINATOR}
    async with database.reading() as connection:
        rows = (await connection.execute(select(outbox))).all()
    assert [(row.kind, row.path) for row in rows] == [("account_link", "/admin")]


async def test_somebody_who_is_known_keeps_their_name_and_an_account_is_made_once(database, pair, ada, count):
    for role in (Role.COORDINATOR, Role.ADMIN):
        await invite(database, ada, NewAccount("MAYA@example.org", role, "UTC", "en", "Someone"), NOW)
    assert await listed(database) == {"ada": Role.ADMIN, "Maya": Role.ADMIN}
    assert await count("accounts") == 2


async def test_what_is_no_address_makes_no_account(database, ada, contents):
    before = await contents()
    with pytest.raises(InvalidInput):
        await invite(database, ada, NewAccount("ben", Role.ADMIN, "UTC", "en"), NOW)
    assert await contents() == before


async def test_the_only_admin_can_neither_be_removed_nor_made_a_coordinator(database, ada, contents):
    await invite(database, ada, BEN, NOW)
    before = await contents()
    with pytest.raises(LastAdmin):
        await remove_account(database, ada, ada.account.id, NOW)
    with pytest.raises(LastAdmin):
        await change_role(database, ada, ada.account.id, Role.COORDINATOR, NOW)
    assert await contents() == before


async def test_of_two_admins_who_remove_each_other_at_once_one_stays(database, ada):
    eve = await visitor_with_account(database, email="eve@example.org")
    removals = [remove_account(database, by, of.account.id, NOW) for by, of in ((ada, eve), (eve, ada))]
    found = await asyncio.gather(*removals, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["LastAdmin", "NoneType"]
    assert len(await listed(database)) == 1


async def test_a_removed_account_opens_nothing_and_can_be_given_back(database, ada):
    ben = await visitor_with_account(database, role=Role.COORDINATOR, email=BEN.email)
    waiting = await account_link(database, role=Role.COORDINATOR, email=BEN.email)
    await remove_account(database, ada, ben.account.id, NOW)
    with pytest.raises(LinkNotFound):
        await use_one_time_link(database, waiting, None, NOW)
    for act in (remove_account, send_link, sign_out_account):
        with pytest.raises(NotFound):
            await act(database, ada, ben.account.id, NOW)
    again = await visitor_with_account(database, role=Role.ADMIN, email=BEN.email)
    assert (again.account.id, again.account.role) == (ben.account.id, Role.ADMIN)


async def test_signing_out_everywhere_ends_visits_and_links_but_not_the_account(database, ada):
    ben = await visitor_with_account(database, role=Role.COORDINATOR, email=BEN.email)
    waiting = await account_link(database, role=Role.COORDINATOR, email=BEN.email)
    rows = {row.name: row.browsers for row in await read_accounts(database, NOW)}
    assert rows == {"ada": 1, "ben": 1}
    await sign_out_account(database, ada, ben.account.id, NOW)
    rows = {row.name: row.browsers for row in await read_accounts(database, NOW)}
    assert rows == {"ada": 1, "ben": 0}
    with pytest.raises(LinkNotFound):
        await use_one_time_link(database, waiting, None, NOW)
    await end_visit_of(database, ben, ben.visit_id)
    assert (await visitor_with_account(database, role=Role.COORDINATOR, email=BEN.email)).account == ben.account


async def test_the_command_line_finds_the_account_or_says_what_is_missing(database, pair):
    async with database.writing() as connection:
        with pytest.raises(NoAccount, match="fireside admin create EMAIL"):
            await find_any_account(connection, None)
        with pytest.raises(UnknownAddress):
            await find_any_account(connection, "maya@example.org")
        made = await make_account(connection, BEN, COMMAND_LINE, NOW)
        with pytest.raises(NoAccount):
            await find_any_account(connection, None)
        assert await find_any_account(connection, "BEN@example.org") == made
