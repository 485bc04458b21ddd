"""The calendar elsewhere, given on the page of one's hours: a real server's, well-behaved and hostile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import update

from server.availability.calendar.fetch import MOST_BYTES
from server.availability.store.busy_times import busy_between, feed_of
from server.db.tables import busy_feeds
from server.people.rules.rate_limits import CALENDARS_GIVEN
from tests.elsewhere import Elsewhere, endless
from tests.server.availability.calendar.files import entry, file_of

SOON = (datetime.now(UTC) + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)
TWO_HOURS = file_of(
    *(entry(f"UID:{day}", f"DTSTART:{SOON + timedelta(days=day):%Y%m%dT%H%M%SZ}", "DURATION:PT1H") for day in (0, 1))
)


def answering(body, status=200, **headers):
    async def answer(request):
        return web.Response(body=body, status=status, headers=headers)

    return answer


@pytest.fixture
async def elsewhere(calendars: Elsewhere) -> AsyncIterator[Elsewhere]:
    calendars.answer = answering(TWO_HOURS)
    calendars.asked.clear()
    yield calendars
    calendars.answer = answering(TWO_HOURS)


@pytest.fixture
async def page(mentor):
    return await mentor.get("/hours")


async def known(pair):
    async with pair.site.database.reading() as connection:
        now = datetime.now(UTC)
        times = await busy_between(connection, pair.maya.id, now, now + timedelta(days=30))
        return await feed_of(connection, pair.maya.id), times


async def test_it_is_read_at_once_and_says_what_was_found(page, pair, elsewhere):
    await page.post("/hours/calendar", url=f" {elsewhere.url('/secret.ics', scheme='webcal')} ")
    assert (page.status, page.path) == (200, "/hours")
    assert "2 busy times ahead." in page.text
    assert "localhost" in page.text
    assert "secret.ics" not in page.text
    feed, times = await known(pair)
    assert times == tuple((SOON + timedelta(days=day), SOON + timedelta(days=day, hours=1)) for day in (0, 1))
    assert feed.failures == 0


async def test_reading_it_now_after_a_while_brings_what_has_changed(page, pair, elsewhere):
    await page.post("/hours/calendar", url=elsewhere.url())
    elsewhere.answer = answering(file_of(entry("UID:9", f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}", "DURATION:PT30M")))
    await page.post("/hours/calendar/reading")
    assert "2 busy times ahead." in page.text
    await forget_when_asked(pair)
    await page.post("/hours/calendar/reading")
    assert "1 busy time ahead." in page.text
    assert len(elsewhere.asked) == 2


async def test_it_says_how_many_entries_could_not_be_read(page, elsewhere):
    broken = entry("UID:9", "DTSTART:some day")
    good = entry("UID:8", f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}", "DURATION:PT30M")
    elsewhere.answer = answering(file_of(broken, broken, good))
    await page.post("/hours/calendar", url=elsewhere.url())
    assert "1 busy time ahead." in page.text
    assert "2 entries could not be read, so their times may be suggested." in page.text


async def test_one_that_fails_later_says_so_and_what_was_read_still_counts(page, pair, elsewhere):
    await page.post("/hours/calendar", url=elsewhere.url())
    elsewhere.answer = answering(b"", status=503)
    await forget_when_asked(pair)
    await page.post("/hours/calendar/reading")
    assert "We could not read it: We could not fetch a calendar from that address." in page.text
    assert "still counts: 2 busy times ahead." in page.text


async def test_it_is_removed_with_all_that_was_read(page, pair, elsewhere):
    await page.post("/hours/calendar", url=elsewhere.url())
    await page.post("/hours/calendar/removal")
    assert "Use my calendar" in page.text
    assert await known(pair) == (None, ())


ALWAYS = "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
BOMB = file_of(*(entry(f"UID:{number}", "DTSTART:20260101T090000Z", "DURATION:PT1H", ALWAYS) for number in range(2000)))


async def forget_when_asked(pair):
    """As if the calendar had last been asked for an hour ago."""
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    async with pair.site.database.writing() as connection:
        await connection.execute(
            update(busy_feeds).where(busy_feeds.c.person_id == pair.maya.id).values(tried_at=long_ago)
        )


async def test_a_slow_one_keeps_nobody_else_waiting(page, mentee, elsewhere):
    came, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request):
        came.set()
        await go_on.wait()
        return web.Response(body=TWO_HOURS)

    elsewhere.answer = slow
    reading = asyncio.create_task(page.post("/hours/calendar", url=elsewhere.url()))
    await came.wait()
    assert (await mentee.get("/home")).status == 200
    assert not reading.done()
    go_on.set()
    await reading
    assert "2 busy times ahead." in page.text


async def test_a_link_to_one_catch_up_does_not_open_it(site, pair, elsewhere, contents_but_rate_limits):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    before = await contents_but_rate_limits()
    for path in ("/hours/calendar", "/hours/calendar/reading", "/hours/calendar/removal"):
        await guest.get(f"/offers/{offer.id}")
        assert (await guest.post(path, url=elsewhere.url())).status == 403
    assert elsewhere.asked == []
    assert await contents_but_rate_limits() == before


async def test_nobody_searches_other_networks_through_the_server(page, pair, elsewhere):
    here = elsewhere.url("/secret.ics")
    for _ in range(CALENDARS_GIVEN.tries):
        await page.post("/hours/calendar", url=here)
        assert page.status == 200
    asked = len(elsewhere.asked)
    await page.post("/hours/calendar", url=f"{here}?another")
    assert page.status == 429
    assert "Please wait a little" in page.text
    assert f'value="{here}?another"' in page.text
    assert len(elsewhere.asked) == asked
    feed, _ = await known(pair)
    assert feed.url == here


async def test_the_servers_own_pages_are_not_reached(page, site, elsewhere, contents_but_rate_limits):
    before = await contents_but_rate_limits()
    for url in (f"{site.base_url}/healthz", elsewhere.url(host="127.0.0.2"), elsewhere.url(host="[::1]")):
        await page.post("/hours/calendar", url=url)
        assert page.status == 422
    assert elsewhere.asked == []
    assert await contents_but_rate_limits() == before


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (answering(b"x" * (MOST_BYTES + 1)), "too large"),
        (endless, "too large"),
        (answering(b"", status=302, Location="https://127.0.0.2/inside.ics"), "port number"),
        (answering(b"", status=302, Location="http://169.254.169.254/"), "port number"),
        (answering(b"<!doctype html><p>Please sign in"), "no calendar that we can read"),
        (answering(b"", status=404), "could not fetch"),
        (answering(BOMB), "more entries than we can read"),
    ],
    ids=["a megabyte and more", "endless", "redirected inside", "redirected to a cloud", "a page", "gone", "a bomb"],
)
async def test_what_cannot_be_read_is_said_and_the_address_comes_back(
    page, elsewhere, contents_but_rate_limits, answer, sentence
):
    before = await contents_but_rate_limits()
    elsewhere.answer = answer
    await asyncio.wait_for(page.post("/hours/calendar", url=elsewhere.url("/mine.ics")), 30)
    assert page.status == 422
    assert sentence in page.text
    assert '<a href="#url">' in page.text
    assert f'value="{elsewhere.url("/mine.ics")}"' in page.text
    assert await contents_but_rate_limits() == before


@pytest.mark.parametrize(
    "url",
    ["", "my calendar", "ftp://calendar.example/a.ics", "file:///etc/passwd", "https://u:p@localhost/", "https:" * 400],
)
async def test_what_is_no_address_is_refused(page, elsewhere, contents_but_rate_limits, url):
    before = await contents_but_rate_limits()
    await page.post("/hours/calendar", url=url)
    assert (page.status, elsewhere.asked) == (422, [])
    assert await contents_but_rate_limits() == before
