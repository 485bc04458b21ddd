"""Asking for another time of a booking."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.ledger import read_entries
from server.catchups.store.offers import open_offer_in


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


async def test_phone_where_the_video_fails_is_allowed_again_for_the_other_time(page, pair, site):
    await page.post(f"/bookings/{page.booking.id}/move", **form(media="video", phone_fallback="on"))
    async with site.database.reading() as connection:
        *_, last = await read_entries(connection, 0, 1000)
    assert (last[1].kind, last[1].person_id) == (ChoiceKind.ALLOWED_PHONE, pair.sam.id)


def ticked(guest):
    """Whether the phone is ticked where the video fails, each time that it is asked, and on which words."""
    return re.findall(r'<p class="consent" id="(phone-means)">[^☎]*?name="phone_fallback"[^>]*?(checked)?>', guest.text)


async def test_ones_own_standing_choice_of_the_phone_is_taken_along_where_it_is_shown(page, mentor, pair, site):
    soon = await pair.booking()
    await page.get(f"/bookings/{soon.id}")
    assert "phone_fallback" not in page.text
    await page.post(f"/bookings/{soon.id}/phone")
    for path in (f"/bookings/{soon.id}", f"/bookings/{soon.id}/move"):
        await page.get(path)
        assert (ticked(page), "You chose this for the current catch-up." in page.text) == (
            [("phone-means", "checked")],
            True,
        )
    # The other's choice is their own; and what was taken back is not taken along.
    for guest, path in ((mentor, f"/bookings/{soon.id}/move"), (page, f"/bookings/{page.booking.id}/move")):
        await guest.get(path)
        assert (ticked(guest), "You chose this" in guest.text) == ([("phone-means", "")], False)
    await page.get(f"/bookings/{soon.id}")
    start = re.findall(r'name="starts" value="([^"]*)"', page.text)
    await page.post(f"/bookings/{soon.id}/move", starts=start, media="video", minutes="30", phone_fallback="on")
    async with site.database.reading() as connection:
        wish = await open_offer_in(connection, soon.catchup_id)
        *_, last = await read_entries(connection, 0, 1000)
    assert (wish.phone_fallback, last[1].subject.id, last[1].kind) == (True, wish.id, ChoiceKind.ALLOWED_PHONE)
    await page.get(f"/bookings/{soon.id}")
    await page.post(f"/bookings/{soon.id}/phone/withdrawal")
    await page.get(f"/offers/{wish.id}")
    await page.post(f"/offers/{wish.id}/withdrawal")
    await page.get(f"/bookings/{soon.id}")
    assert ("Can&#39;t make it?" in page.text or "Can't make it?" in page.text, ticked(page)) == (True, [])


async def test_from_a_phone_call_nothing_falls_back_on_the_phone(page, site):
    await page.post(f"/bookings/{page.booking.id}/move", **form(media="phone", phone_fallback="on"))
    async with site.database.reading() as connection:
        assert (await open_offer_in(connection, page.booking.catchup_id)).phone_fallback is False
        *_, last = await read_entries(connection, 0, 1000)
    assert last[1].kind is ChoiceKind.OFFERED


async def test_it_is_asked_once_at_a_time(page, mentor, contents):
    await mentor.get(f"/bookings/{page.booking.id}/move")
    await page.post(f"/bookings/{page.booking.id}/move", **form())
    before = await contents()
    await mentor.post(f"/bookings/{page.booking.id}/move", **form())
    assert (mentor.status, "is already waiting for an answer" in mentor.text) == (409, True)
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


async def test_what_is_wrong_is_said_and_the_form_comes_back(page, contents):
    before = await contents()
    await page.post(f"/bookings/{page.booking.id}/move", **form(starts=["2020-01-01T10:00"]))
    assert page.status == 422
    assert ("has already passed" in page.text, "My train." in page.text) == (True, True)
    await page.post(f"/bookings/{page.booking.id}/move", **form(starts=["2020-07-01T10:00:00+00:00"]))
    # What was proposed for one tap, too, comes back as it is typed, in the reader's zone.
    assert 'value="2020-07-01T11:00"' in page.text
    assert await contents() == before


async def test_other_words_than_those_shown_are_no_consent(page, contents):
    before = await contents()
    await page.post(f"/bookings/{page.booking.id}/move", **form(), wording="0" * 64)
    assert (page.status, "has changed since" in page.text) == (409, True)
    assert await contents() == before
