"""Tries are counted exactly, however many come at once (W3)."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest

from server.errors import TooManyTries
from server.people.rules.rate_limits import WRONG_FEEDS, WRONG_LINKS, counted_address
from server.people.store import rate_limits
from tests.server.actors import NOW

ADDRESS = "192.0.2.1"
HERE, THERE = counted_address(b"key", ADDRESS), counted_address(b"key", "192.0.2.2")


async def passes(database, who=HERE, limit=WRONG_LINKS, now=NOW):
    try:
        async with database.writing() as connection:
            await rate_limits.take_token(connection, limit, who, now)
    except TooManyTries:
        return False
    return True


async def test_of_a_hundred_at_once_exactly_as_many_pass_as_are_allowed(database):
    for day in range(5):
        now = NOW + timedelta(days=day)
        tries = [passes(database, now=now + timedelta(milliseconds=n)) for n in range(100)]
        assert sum(await asyncio.gather(*tries)) == WRONG_LINKS.tries


async def test_nobody_uses_up_anothers_nor_another_limit(database):
    while await passes(database):
        pass
    assert await passes(database, THERE)
    assert await passes(database, HERE, WRONG_FEEDS)


async def test_one_comes_back_after_its_time(database):
    while await passes(database):
        pass
    later = NOW + WRONG_LINKS.each
    assert [await passes(database, now=later) for _ in range(2)] == [True, False]


async def test_a_transaction_that_fails_takes_none(database, contents):
    before = await contents()

    async def fail():
        async with database.writing() as connection:
            await rate_limits.take_token(connection, WRONG_LINKS, HERE, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await contents() == before


async def test_no_address_is_kept_as_such_and_none_for_long(database, contents, count):
    await passes(database)
    stored = repr(await contents())
    assert HERE in stored
    assert ADDRESS not in stored
    assert sha256(ADDRESS.encode()).hexdigest() not in stored
    async with database.writing() as connection:
        assert await rate_limits.forget_full_buckets(connection, NOW + timedelta(minutes=59)) == 0
    async with database.writing() as connection:
        assert await rate_limits.forget_full_buckets(connection, NOW + timedelta(hours=1)) == 1
    assert await count("rate_limits") == 0
