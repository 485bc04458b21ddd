"""Calendars elsewhere: taken by one reader at a time, their times replaced as a whole."""

import asyncio
from datetime import timedelta

from server.availability.calendar.busy_times import BusyTimes
from server.availability.store import busy_times as busy
from server.availability.store.busy_times import BusyFeed
from tests.server.actors import NOW

LEASE = timedelta(minutes=2)
URL = "https://calendar.example/secret.ics"
HOUR = timedelta(hours=1)
EARLY, LATE = (NOW + HOUR, NOW + 2 * HOUR), (NOW + 5 * HOUR, NOW + 6 * HOUR)


async def add(database, *people, url=URL):
    async with database.writing() as connection:
        for person in people:
            await busy.set_feed(connection, person.id, url, NOW)


async def claim_due(database, now=NOW):
    async with database.writing() as connection:
        return await busy.claim_due(connection, now, now + LEASE)


async def note_read(database, feed, times, etag="abc"):
    async with database.writing() as connection:
        found = None if times is None else BusyTimes(tuple(times), 2)
        return await busy.note_read(connection, feed, found, etag, NOW, NOW + HOUR)


async def known(database, person, since=NOW, until=NOW + 10 * HOUR):
    async with database.reading() as connection:
        return await busy.busy_between(connection, person.id, since, until)


async def feed_of(database, person):
    async with database.reading() as connection:
        return await busy.feed_of(connection, person.id)


async def test_a_new_calendar_is_due_and_taken_once(database, pair):
    maya = pair.mentor.person
    await add(database, maya)
    assert await claim_due(database) == BusyFeed(maya.id, URL, "", NOW, None, 0, None, 0)
    assert await claim_due(database, NOW + LEASE - timedelta(seconds=1)) is None
    assert await claim_due(database, NOW + LEASE) == BusyFeed(maya.id, URL, "", NOW, None, 0, None, 0)


async def test_readers_at_once_never_take_the_same(database, pair):
    people = [visitor.person for visitor in (pair.mentor, pair.mentee, pair.stranger)]
    await add(database, *people)
    taken = [feed.person_id for feed in await asyncio.gather(*(claim_due(database) for _ in range(4))) if feed]
    while feed := await claim_due(database):
        taken.append(feed.person_id)
    assert sorted(taken) == sorted(person.id for person in people)


async def test_what_was_read_replaces_what_was_known(database, pair):
    maya = pair.mentor.person
    await add(database, maya, pair.mentee.person)
    feed = await feed_of(database, maya)
    assert await note_read(database, feed, [LATE, EARLY])
    assert await known(database, maya) == (EARLY, LATE)
    assert await known(database, maya, since=EARLY[1], until=LATE[0]) == ()
    assert await note_read(database, feed, [LATE])
    assert await known(database, maya) == (LATE,)
    assert await known(database, pair.mentee.person) == ()
    assert await feed_of(database, maya) == BusyFeed(maya.id, URL, "abc", NOW, NOW, 0, None, 2)
    async with database.reading() as connection:
        assert await busy.count_busy(connection, maya.id, NOW) == 1
        assert await busy.count_busy(connection, maya.id, LATE[1]) == 0


async def test_a_calendar_that_has_not_changed_keeps_its_times(database, pair):
    maya = pair.mentor.person
    await add(database, maya)
    feed = await feed_of(database, maya)
    await note_read(database, feed, [EARLY])
    assert await note_read(database, feed, None)
    assert await known(database, maya) == (EARLY,)


async def test_a_failure_keeps_the_times_and_counts(database, pair):
    maya = pair.mentor.person
    await add(database, maya)
    feed = await feed_of(database, maya)
    await note_read(database, feed, [EARLY])
    for number in (1, 2):
        async with database.writing() as connection:
            await busy.note_failure(connection, feed, "x" * 400, NOW + HOUR)
        failed = await feed_of(database, maya)
        assert (failed.failures, failed.last_error, failed.read_at) == (number, "x" * 300, NOW)
    assert await known(database, maya) == (EARLY,)
    assert await claim_due(database, NOW + HOUR - timedelta(seconds=1)) is None
    await note_read(database, feed, None)
    assert (await feed_of(database, maya)).failures == 0


async def test_what_comes_after_a_calendar_was_changed_or_removed_is_not_kept(database, pair):
    maya = pair.mentor.person
    await add(database, maya)
    feed = await feed_of(database, maya)
    await add(database, maya, url="https://other.example/calendar.ics")
    assert not await note_read(database, feed, [EARLY])
    async with database.writing() as connection:
        await busy.note_failure(connection, feed, "gone", NOW + HOUR)
    assert (await feed_of(database, maya)).last_error is None
    async with database.writing() as connection:
        await busy.remove_feed(connection, maya.id)
    assert not await note_read(database, feed, [EARLY])
    assert (await feed_of(database, maya), await known(database, maya)) == (None, ())


async def test_one_that_was_just_asked_for_is_left_in_peace(database, pair):
    maya, peace = pair.mentor.person, timedelta(seconds=20)

    async def claim(now):
        async with database.writing() as connection:
            return await busy.claim(connection, maya.id, now - peace, now, now + LEASE)

    assert await claim(NOW) is None
    await add(database, maya)
    assert await claim(NOW + peace - timedelta(seconds=1)) is None
    assert (await claim(NOW + peace)).url == URL
    assert await claim(NOW + peace) is None
    assert (await feed_of(database, maya)).tried_at == NOW + peace
