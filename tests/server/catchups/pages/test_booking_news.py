"""What is new of a catch-up, asked for by its open page."""

import re
from datetime import UTC, datetime, timedelta

from server.calls.store.sessions import add_attendance, find_or_add_session
from signaling.news import Joined


def lines(guest):
    return [re.sub(r"<[^>]*>", "", line).strip() for line in re.findall(r"<li.*?</li>", guest.text)]


def stands(guest):
    return re.search(r'data-stands="([^"]*)" data-every="(\d+)"', guest.text).groups()


async def test_it_says_who_is_late_and_who_is_there(mentee, mentor, pair, site):
    booking, now = await pair.booking(), datetime.now(UTC)
    news = f"/bookings/{booking.id}/news"
    assert (lines(await mentee.get(news)), stands(mentee)) == ([], ("waiting confirmed on", "10"))
    await mentor.get(f"/bookings/{booking.id}")
    await mentor.post(f"/bookings/{booking.id}/delay", minutes=15)
    async with site.database.writing() as connection:
        session = await find_or_add_session(connection, booking.id, now)
        joined = Joined(f"uid {booking.id}", str(booking.id), str(pair.maya.id), now.timestamp())
        await add_attendance(connection, session, joined)
    assert lines(await mentee.get(news)) == ["Maya is in the call.", "Maya is running about 15 minutes late."]
    assert lines(await mentor.get(news)) == ["We told Sam that you are about 15 minutes late."]


async def test_it_says_that_it_was_called_off(mentee, mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    await mentor.post(f"/bookings/{booking.id}/withdrawal")
    await mentee.get(f"/bookings/{booking.id}/news")
    assert (lines(mentee), stands(mentee)) == (["This catch-up was called off."], ("over cancelled on", "10"))


async def test_days_before_it_is_asked_for_seldom(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    assert stands(await mentee.get(f"/bookings/{booking.id}/news")) == ("before confirmed on", "300")


async def test_the_page_tells_the_same_without_scripts(mentee, mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    await mentor.post(f"/bookings/{booking.id}/delay", minutes=5)
    assert "Maya is running about 5 minutes late." in (await mentee.get(f"/bookings/{booking.id}")).text
    assert f'src="/bookings/{booking.id}/news"' in mentee.text


async def test_when_its_time_is_over_the_page_is_to_be_loaded_again(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) - timedelta(minutes=40))
    assert stands(await mentee.get(f"/bookings/{booking.id}/news")) == ("waiting confirmed ended", "10")
