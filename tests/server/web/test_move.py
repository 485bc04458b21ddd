"""Asking for another time of a booking."""

import re
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
async def page(mentee, pair):
    mentee.booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    return await mentee.get(f"/bookings/{mentee.booking.id}/move")


def form(**changes):
    return {"note": "My train.", "media": ["phone"], "starts": ["2027-06-01T10:00"], "minutes": "45"} | changes


async def test_the_wish_waits_for_the_other_and_the_booking_stays(page, mentor):
    await page.post(f"/bookings/{page.booking.id}/move", **form())
    assert page.path == f"/bookings/{page.booking.id}"
    assert "You asked for another time. This catch-up stays until Maya accepts one." in page.text
    await mentor.get(f"/bookings/{page.booking.id}")
    [wish] = re.findall(r'href="(/offers/\d+)">See the times', mentor.text)
    await mentor.get(wish)
    await mentor.post(f"{wish}/refusal")
    for guest in (page, mentor):
        await guest.get(f"/bookings/{page.booking.id}")
        assert ("Catch-up with" in guest.text, "another time. This" in guest.text) == (True, False)
    await page.get(f"/bookings/{page.booking.id}/move")
    assert page.path == f"/bookings/{page.booking.id}/move"


async def test_the_form_begins_with_the_bookings_own_way_and_length(page):
    assert re.findall(r'name="media" value="(\w+)" +checked', page.text) == ["video"]
    assert re.findall(r'value="(\d+)" selected', page.text) == ["30"]
    assert page.text.count('type="datetime-local"') == 3


async def test_what_must_be_mended_is_said_and_the_form_comes_back(page, contents):
    before = await contents()
    await page.post(f"/bookings/{page.booking.id}/move", **form(starts=["2020-01-01T10:00"]))
    assert page.status == 422
    assert ("has passed already" in page.text, "My train." in page.text) == (True, True)
    await page.post(f"/bookings/{page.booking.id}/move", **form(starts=["2020-07-01T10:00:00+00:00"]))
    # What was proposed for one tap, too, comes back as it is typed, in the reader's zone.
    assert 'value="2020-07-01T11:00"' in page.text
    assert await contents() == before


async def test_it_is_asked_once_at_a_time(page, mentor, contents):
    await mentor.get(f"/bookings/{page.booking.id}/move")
    await page.post(f"/bookings/{page.booking.id}/move", **form())
    before = await contents()
    await mentor.post(f"/bookings/{page.booking.id}/move", **form())
    assert (mentor.status, "waits for an answer already" in mentor.text) == (409, True)
    assert await contents() == before
    await mentor.get(f"/bookings/{page.booking.id}/move")
    assert mentor.path.startswith("/offers/")


async def test_what_was_called_off_is_not_moved(page, contents):
    await page.get(f"/bookings/{page.booking.id}")
    await page.post(f"/bookings/{page.booking.id}/withdrawal")
    before = await contents()
    await page.post(f"/bookings/{page.booking.id}/move", **form())
    assert (page.status, "was called off" in page.text) == (409, True)
    assert await contents() == before
    await page.get(f"/bookings/{page.booking.id}/move")
    assert page.path == f"/bookings/{page.booking.id}"


async def test_other_words_than_those_shown_are_no_consent(page, contents):
    before = await contents()
    await page.post(f"/bookings/{page.booking.id}/move", **form(), wording="0" * 64)
    assert (page.status, "have changed since" in page.text) == (409, True)
    assert await contents() == before
