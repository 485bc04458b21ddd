"""Calendars elsewhere: read when they are due, by one reader at a time, and in peace when they fail."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.availability.actions.calendars import (
    LEASE,
    READ_EVERY,
    refresh_calendar,
    refresh_next_calendar,
    remove_calendar,
    set_calendar,
)
from server.availability.calendar.fetch import CalendarResponse, FeedNotReachable
from server.availability.calendar.sanitize import NotACalendar
from server.availability.store import busy_times as busy
from server.catchups.actions.offers import make_offer
from server.db.tables import busy_feeds
from server.errors import InvalidInput, NotFound
from tests.server.actors import DRAFT, NOW
from tests.server.site import OFFERED

URL = "https://calendar.example/secret.ics"
HOUR = timedelta(hours=1)


def calendar(*starts):
    """A calendar with an hour at each of these times."""
    entries = (
        f"BEGIN:VEVENT\r\nUID:{number}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nSUMMARY:Dentist\r\n"
        "END:VEVENT\r\n"
        for number, start in enumerate(starts)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{''.join(entries)}END:VCALENDAR\r\n".encode()


class Elsewhere:
    """What is at every address; `asked` with which ETag."""

    def __init__(self, body):
        self.body = body
        self.asked = []
        self.problem = None

    async def fetch(self, url, etag, take):
        self.asked.append((url, etag))
        if self.problem:
            raise self.problem
        if etag != "one":
            take(self.body)
        return CalendarResponse(etag != "one", "one")


@pytest.fixture
def elsewhere():
    return Elsewhere(calendar(NOW + HOUR))


async def follow(database, visitor, elsewhere, now=NOW):
    await set_calendar(database, elsewhere.fetch, visitor, URL, now)


async def known(database, visitor):
    async with database.reading() as connection:
        person = visitor.person
        times = await busy.busy_between(connection, person.id, NOW, NOW + timedelta(days=90))
        return await busy.feed_of(connection, person.id), [(start - NOW) // HOUR for start, _ in times]


async def next_one(database, elsewhere, now):
    return await refresh_next_calendar(database, elsewhere.fetch, now)


async def test_a_calendar_is_read_as_it_is_given_and_its_times_are_kept(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    feed, times = await known(database, pair.mentor)
    assert (feed.url, feed.etag, feed.read_at, feed.last_error, times) == (URL, "one", NOW, None, [1])
    assert elsewhere.asked == [(URL, "")]


async def test_nothing_of_it_but_times_is_kept(database, pair, elsewhere, contents):
    await follow(database, pair.mentor, elsewhere)
    assert "Dentist" not in str(await contents())


@pytest.mark.parametrize("problem", [FeedNotReachable(), NotACalendar()], ids=lambda problem: type(problem).__name__)
async def test_one_that_cannot_be_read_is_not_taken(database, pair, elsewhere, contents_but_rate_limits, problem):
    await follow(database, pair.mentor, elsewhere)
    before = await contents_but_rate_limits()
    elsewhere.problem = problem
    with pytest.raises(InvalidInput) as refusal:
        await set_calendar(database, elsewhere.fetch, pair.mentor, "https://other.example/", NOW)
    assert (refusal.value.field, refusal.value.sentence) == ("url", problem.sentence)
    assert await contents_but_rate_limits() == before


async def test_what_is_no_calendar_is_not_taken(database, pair, elsewhere, contents_but_rate_limits):
    before = await contents_but_rate_limits()
    elsewhere.body = b"<!doctype html><p>Please sign in"
    with pytest.raises(InvalidInput):
        await follow(database, pair.mentor, elsewhere)
    assert await contents_but_rate_limits() == before


async def test_it_is_read_again_when_due_and_asked_with_what_is_known(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    assert not await next_one(database, elsewhere, NOW + READ_EVERY - timedelta(seconds=1))
    assert await next_one(database, elsewhere, NOW + READ_EVERY)
    assert elsewhere.asked == [(URL, ""), (URL, "one")]
    feed, times = await known(database, pair.mentor)
    assert (feed.read_at, times) == (NOW + READ_EVERY, [1])
    assert not await next_one(database, elsewhere, NOW + READ_EVERY)


async def test_once_a_day_it_is_read_as_a_whole(database, pair, elsewhere):
    """What repeats comes into sight only then, in a calendar that never changes."""
    elsewhere.body = calendar(NOW + timedelta(days=60, hours=5))
    await follow(database, pair.mentor, elsewhere)
    assert (await known(database, pair.mentor))[1] == []
    await next_one(database, elsewhere, NOW + timedelta(days=1))
    assert elsewhere.asked[-1] == (URL, "")
    assert (await known(database, pair.mentor))[1] == [60 * 24 + 5]


async def test_changed_times_replace_those_before(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    elsewhere.body = calendar(NOW + 3 * HOUR, NOW + 30 * HOUR)
    await next_one(database, elsewhere, NOW + timedelta(days=1))
    assert (await known(database, pair.mentor))[1] == [30]


async def test_a_failure_is_kept_in_words_and_tried_again_later_each_time(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    elsewhere.problem, due, waits = FeedNotReachable(), NOW + READ_EVERY, []
    for _ in range(8):
        assert not await next_one(database, elsewhere, due - timedelta(seconds=1))
        assert await next_one(database, elsewhere, due)
        async with database.reading() as connection:
            again = (await connection.execute(select(busy_feeds.c.due_at))).scalar_one()
        waits.append((again - due) / HOUR)
        due = again
    assert waits == [0.5, 1, 2, 4, 8, 16, 24, 24]
    feed, times = await known(database, pair.mentor)
    assert (feed.failures, feed.last_error, feed.read_at, times) == (8, FeedNotReachable.sentence, NOW, [1])
    elsewhere.problem = None
    assert await next_one(database, elsewhere, due)
    feed, _ = await known(database, pair.mentor)
    assert (feed.failures, feed.last_error, feed.read_at) == (0, None, due)


async def test_of_four_readers_at_once_each_calendar_has_one(database, pair, elsewhere):
    for visitor in (pair.mentor, pair.mentee, pair.stranger):
        await follow(database, visitor, elsewhere)
    elsewhere.asked.clear()

    async def read_all():
        while await next_one(database, elsewhere, NOW + READ_EVERY):
            pass

    await asyncio.gather(*(read_all() for _ in range(4)))
    assert len(elsewhere.asked) == 3


async def test_one_whose_reader_died_is_due_again_after_its_lease(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    elsewhere.problem = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        await next_one(database, elsewhere, NOW + READ_EVERY)
    elsewhere.problem = None
    assert not await next_one(database, elsewhere, NOW + READ_EVERY + LEASE - timedelta(seconds=1))
    assert await next_one(database, elsewhere, NOW + READ_EVERY + LEASE)


async def test_reading_now_reads_it_though_it_is_not_due_but_not_twice_at_once(database, pair, elsewhere):
    await follow(database, pair.mentor, elsewhere)
    elsewhere.body = calendar(NOW + 2 * HOUR)
    soon = NOW + timedelta(days=1, minutes=1)
    await refresh_calendar(database, elsewhere.fetch, pair.mentor, soon)
    assert (await known(database, pair.mentor))[0].read_at == soon
    await asyncio.gather(*(refresh_calendar(database, elsewhere.fetch, pair.mentor, soon) for _ in range(5)))
    assert len(elsewhere.asked) == 2
    await refresh_calendar(database, elsewhere.fetch, pair.stranger, soon)
    assert len(elsewhere.asked) == 2


async def test_leaving_it_forgets_all_of_it(database, pair, elsewhere, contents_but_rate_limits):
    before = await contents_but_rate_limits()
    await follow(database, pair.mentor, elsewhere)
    await remove_calendar(database, pair.mentor)
    assert await contents_but_rate_limits() == before


async def test_one_left_while_it_was_read_stays_left(database, pair, elsewhere, contents_but_rate_limits):
    before = await contents_but_rate_limits()
    await follow(database, pair.mentor, elsewhere)

    async def fetch(url, etag, take):
        await remove_calendar(database, pair.mentor)
        take(calendar(NOW + HOUR))
        return CalendarResponse(True, "two")

    assert await refresh_next_calendar(database, fetch, NOW + READ_EVERY)
    assert await contents_but_rate_limits() == before


async def test_a_link_to_one_catch_up_does_not_reach_them(database, pair, by_link, elsewhere, contents):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW)
    visitor = await by_link(pair.mentor.person, offer.catchup_id)
    await follow(database, pair.mentor, elsewhere)
    before = await contents()
    for act in (
        set_calendar(database, elsewhere.fetch, visitor, URL, NOW),
        refresh_calendar(database, elsewhere.fetch, visitor, NOW + HOUR),
        remove_calendar(database, visitor),
    ):
        with pytest.raises(NotFound):
            await act
    assert await contents() == before
    assert len(elsewhere.asked) == 1
