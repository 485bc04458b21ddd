"""A fresh link goes to who is known, never to nobody, and never too often."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.errors import InvalidInput, TooManyTries
from server.people.actions.lost_links import ask_for_link, send_fresh_link
from server.people.rules.accounts import NO_ADDRESS
from server.people.rules.rate_limits import LOST_LINKS_FROM, LOST_LINKS_TO, counted_address
from tests.server.actors import NOW, account_link

KEY = b"key"
HERE, THERE = counted_address(KEY, "192.0.2.1"), counted_address(KEY, "192.0.2.2")


@pytest.fixture
def emails(database):
    async def read():
        async with database.reading() as connection:
            rows = await connection.execute(select(outbox).order_by(outbox.c.id))
            return [(row.recipient_id, row.kind, row.path, row.catchup_id) for row in rows]

    return read


async def test_a_known_address_gets_an_email_with_a_link_to_the_home(database, pair, emails):
    await send_fresh_link(database, "SAM@Example.org", KEY, NOW)
    assert await emails() == [(pair.mentee.person.id, "fresh_link", "/home", None)]


@pytest.mark.parametrize("email", ["nobody@example.org", "sam@example.orgx", "%@example.org", "admin@fireside.invalid"])
async def test_an_unknown_address_gets_none_nor_does_an_account_without_one(database, pair, emails, email):
    await account_link(database, email=NO_ADDRESS)
    await send_fresh_link(database, email, KEY, NOW)
    assert await emails() == []


async def test_who_has_an_account_gets_a_link_that_signs_in_once(database, pair, emails):
    await account_link(database, email="sam@example.org")
    await send_fresh_link(database, "Sam@example.org", KEY, NOW)
    assert await emails() == [(pair.mentee.person.id, "account_link", "/admin", None)]


async def test_capitals_make_no_other_person(database, pair, emails):
    await send_fresh_link(database, "SAM@Example.ORG", KEY, NOW)
    assert [row[0] for row in await emails()] == [pair.mentee.person.id]


async def test_of_a_hundred_at_once_no_more_are_sent_than_are_allowed(database, pair, emails):
    await asyncio.gather(*(send_fresh_link(database, "sam@example.org", KEY, NOW) for _ in range(100)))
    assert len(await emails()) == LOST_LINKS_TO.tries
    await send_fresh_link(database, "maya@example.org", KEY, NOW)
    await send_fresh_link(database, "sam@example.org", KEY, NOW + timedelta(hours=1))
    assert len(await emails()) == LOST_LINKS_TO.tries + 2


async def test_who_asks_too_often_is_told_known_or_not(database, pair):
    for number in range(LOST_LINKS_FROM.tries):
        assert (
            await ask_for_link(database, f" someone{number}@example.org ", NOW, HERE) == f"someone{number}@example.org"
        )
    for email in ("sam@example.org", "nobody@example.org"):
        with pytest.raises(TooManyTries):
            await ask_for_link(database, email, NOW, HERE)
    assert await ask_for_link(database, "sam@example.org", NOW, THERE)


async def test_what_is_no_address_is_not_counted(database, contents):
    before = await contents()
    with pytest.raises(InvalidInput):
        await ask_for_link(database, "sam", NOW, HERE)
    assert await contents() == before
