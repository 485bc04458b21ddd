"""The calendar feed over HTTP."""

import re
from datetime import UTC, datetime, timedelta

import icalendar

FEED = re.compile(r'value="([^"]*/feed/[^"]*\.ics)"')


async def fetch(nobody, url, **headers):
    async with nobody.session.get(url, headers=headers) as response:
        return response.status, await response.read(), response.headers


async def made(guest):
    await guest.get("/me")
    await guest.post("/me/feed")
    [url] = FEED.findall(guest.text)
    return url


async def test_it_is_shown_once_and_fetched_without_a_visit(mentee, nobody, pair):
    booking = await pair.booking()
    url = await made(mentee)
    status, body, headers = await fetch(nobody, url)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    [entry] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert str(entry["URL"]) == f"{mentee.base_url}/catchups/{booking.catchup_id}"
    assert FEED.findall((await mentee.get("/me")).text) == []
    assert "You already have one" in mentee.text


async def test_what_has_not_changed_is_not_sent_again(mentee, nobody, pair):
    await pair.booking()
    url = await made(mentee)
    _, _, headers = await fetch(nobody, url)
    status, body, _ = await fetch(nobody, url, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    await pair.booking(datetime.now(UTC) + timedelta(days=1))
    status, _, _ = await fetch(nobody, url, **{"If-None-Match": headers["ETag"]})
    assert status == 200


async def test_an_old_one_ends_with_the_new_and_with_the_subscription(mentee, nobody):
    first = await made(mentee)
    second = await made(mentee)
    assert [(await fetch(nobody, url))[0] for url in (first, second)] == [404, 200]
    await mentee.post("/me/feed/revocation")
    assert (mentee.status, mentee.path) == (200, "/me")
    gone, unknown = await fetch(nobody, second), await fetch(nobody, f"{nobody.base_url}/feed/invented.ics")
    assert gone[0] == unknown[0] == 404
    assert gone[1] == unknown[1]
