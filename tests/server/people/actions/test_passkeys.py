"""Passkeys are added, used and removed: each challenge once, and no way from a home into the admin's pages."""

import asyncio
import os
from itertools import count as counter

import pytest
from sqlalchemy import select

from server.admin.actions.accounts import remove_account
from server.db.tables import audit_entries
from server.errors import DomainError, NotFound
from server.people.actions.links import find_visitor, revoke_link
from server.people.actions.passkeys import add_passkey, remove_passkey, sign_in_with_passkey
from server.people.actions.revocations import end_everything
from server.people.queries.passkeys import read_passkeys_page
from server.people.rules.accounts import NO_ADDRESS, Role
from server.people.rules.passkeys import (
    MOST_PASSKEYS,
    SIGN_IN,
    AccountSignInNeeded,
    LastWayIn,
    PasskeyRefused,
    PasskeyUnknown,
    TooManyPasskeys,
    adding_in,
    make_challenge,
    relying_party,
)
from tests.authenticator import Authenticator
from tests.server.actors import NOW, account_link, visitor_with_account

KEY = b"k" * 32
HERE = relying_party("https://meet.example.org")
numbers = counter(1)


def challenge(use):
    return make_challenge(KEY, use, os.urandom(16), NOW)


@pytest.fixture
def adding(database):
    async def add(visitor):
        mine = Authenticator(HERE.origin, HERE.id)
        answer = mine.make(challenge(adding_in(visitor.visit_id)))
        await add_passkey(database, visitor, f"Key {next(numbers)}", answer, HERE, KEY, NOW)
        return mine

    return add


async def sign_in(database, mine, token=None):
    mine.count += 1
    started = await sign_in_with_passkey(database, mine.use(challenge(SIGN_IN)), token, HERE, KEY, NOW)
    return started, await find_visitor(database, started.token, NOW)


async def ids_of(database, visitor):
    return [passkey.id for passkey in (await read_passkeys_page(database, visitor)).passkeys]


async def test_it_opens_what_the_visit_that_added_it_opened(database, pair, adding):
    ada = await visitor_with_account(database)
    ben = await visitor_with_account(database, role=Role.COORDINATOR, email="maya@example.org")
    for added_by, path, role, home in (
        (pair.mentee, "/home", None, True),
        (pair.stranger, "/home", None, True),
        (ada, "/admin", Role.ADMIN, False),
        (ben, "/admin", Role.COORDINATOR, True),
    ):
        started, visitor = await sign_in(database, await adding(added_by))
        assert (started.path, visitor.person, visitor.home) == (path, added_by.person, home)
        assert (visitor.account and visitor.account.role) == role


async def test_a_link_to_ones_home_is_no_way_to_the_admins_pages(database, pair, adding, contents):
    before = await adding(pair.mentor)
    await account_link(database, email="maya@example.org")
    rows = await contents()
    with pytest.raises(AccountSignInNeeded):
        await adding(pair.mentor)
    with pytest.raises(AccountSignInNeeded):
        await read_passkeys_page(database, pair.mentor)
    with pytest.raises(AccountSignInNeeded):
        await remove_passkey(database, pair.mentor, 1, NOW, mailing=True)
    assert await contents() == rows
    _, visitor = await sign_in(database, before)
    assert (visitor.home, visitor.account) == (True, None)


async def test_after_the_account_is_gone_it_opens_ones_own_pages_only(database, pair, adding):
    ada = await visitor_with_account(database)
    maya = await visitor_with_account(database, email="maya@example.org")
    mine = await adding(maya)
    await remove_account(database, ada, maya.account.id, NOW)
    for _ in range(2):
        _, visitor = await sign_in(database, mine)
        assert (visitor.home, visitor.account) == (True, None)
        # Also when there is an account again.
        await account_link(database, email="maya@example.org")


async def test_a_challenge_is_answered_once(database, pair, adding):
    mine = await adding(pair.mentee)
    mine.count = 1
    answer = mine.use(challenge(SIGN_IN))
    mine.count = 0
    tries = [sign_in_with_passkey(database, answer, None, HERE, KEY, NOW) for _ in range(5)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(each, DomainError) for each in found) == 1


async def test_a_challenge_without_counts_is_answered_once_too(database, pair, adding):
    """Passkeys that are kept in a cloud do not count."""
    mine = await adding(pair.mentee)
    answer = mine.use(challenge(SIGN_IN))
    await sign_in_with_passkey(database, answer, None, HERE, KEY, NOW)
    with pytest.raises(PasskeyRefused):
        await sign_in_with_passkey(database, answer, None, HERE, KEY, NOW)


async def test_from_a_phished_page_or_in_anothers_visit_it_is_refused_and_nothing_changes(
    database, pair, adding, contents
):
    mine = await adding(pair.mentee)
    before = await contents()
    mine.origin = "https://meet.example.org.phish.example"
    with pytest.raises(PasskeyRefused):
        await sign_in(database, mine)
    other = Authenticator(HERE.origin, HERE.id)
    answer = other.make(challenge(adding_in(pair.mentor.visit_id)))
    with pytest.raises(PasskeyRefused):
        await add_passkey(database, pair.mentee, "Theirs", answer, HERE, KEY, NOW)
    with pytest.raises(PasskeyUnknown):
        await sign_in(database, other)
    assert await contents() == before


async def test_a_passkey_that_somebody_has_is_nobody_elses(database, pair, adding):
    mine = await adding(pair.mentee)
    answer = mine.make(challenge(adding_in(pair.mentor.visit_id)))
    with pytest.raises(PasskeyRefused):
        await add_passkey(database, pair.mentor, "Mine too", answer, HERE, KEY, NOW)


async def test_there_are_not_too_many(database, pair, adding):
    for _ in range(MOST_PASSKEYS):
        await adding(pair.mentee)
    with pytest.raises(TooManyPasskeys):
        await adding(pair.mentee)


async def test_a_removed_one_opens_nothing_and_anothers_cannot_be_removed(database, pair, adding):
    mine = await adding(pair.mentee)
    [number] = await ids_of(database, pair.mentee)
    with pytest.raises(NotFound):
        await remove_passkey(database, pair.mentor, number, NOW, mailing=True)
    await remove_passkey(database, pair.mentee, number, NOW, mailing=True)
    with pytest.raises(PasskeyUnknown):
        await sign_in(database, mine)


async def test_the_last_way_in_stays(database, pair, adding, contents):
    """Where emails reach nobody, or nobody reads them; a second passkey, or a link that waits, is another way."""
    for visitor, mailing in (
        (await visitor_with_account(database), False),
        (await visitor_with_account(database, email=NO_ADDRESS), True),
    ):
        await adding(visitor)
        [first] = await ids_of(database, visitor)
        before = await contents()
        with pytest.raises(LastWayIn):
            await remove_passkey(database, visitor, first, NOW, mailing=mailing)
        assert await contents() == before
        await adding(visitor)
        await remove_passkey(database, visitor, first, NOW, mailing=mailing)
    await account_link(database)
    ada = await visitor_with_account(database)
    await account_link(database)
    [last] = await ids_of(database, ada)
    await remove_passkey(database, ada, last, NOW, mailing=False)


async def test_a_mentor_whose_link_works_needs_no_passkey(database, pair, adding):
    await adding(pair.mentor)
    [number] = await ids_of(database, pair.mentor)
    await remove_passkey(database, pair.mentor, number, NOW, mailing=False)


async def test_the_command_line_ends_them_too(database, pair, adding):
    mine = await adding(pair.mentee)
    assert (await end_everything(database, "sam@example.org", NOW)).passkeys == 1
    with pytest.raises(PasskeyUnknown):
        await sign_in(database, mine)


async def test_only_what_accounts_do_is_in_the_audit_log(database, pair, adding):
    await adding(pair.mentee)
    ada = await visitor_with_account(database)
    await sign_in(database, await adding(ada))
    async with database.reading() as connection:
        rows = await connection.execute(
            select(audit_entries).where(audit_entries.c.account_id == ada.account.id).order_by(audit_entries.c.id)
        )
    assert [row.act for row in rows] == ["signed_in", "added_passkey", "signed_in"]


async def test_a_visit_of_theirs_goes_on_under_a_new_token(database, pair, adding):
    mine = await adding(pair.mentee)
    first, before = await sign_in(database, mine)
    _, after = await sign_in(database, mine, first.token)
    assert after.visit_id == before.visit_id
    assert await find_visitor(database, first.token, NOW) is None
    with pytest.raises(DomainError):
        await revoke_link(database, first.token, NOW)
