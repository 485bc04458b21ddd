"""A booking's page."""

import re
from datetime import UTC, datetime, timedelta

from server.catchups.rules.drafts import Medium

CALENDARS = ("https://calendar.google.com/", "https://outlook.live.com/", "https://outlook.office.com/")


def shows(guest, *texts):
    return [text in guest.text for text in texts]


async def test_now_it_can_be_joined(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    assert "Catch-up with Maya" in mentee.text
    assert ">Join call<" in mentee.text


async def test_before_it_says_when_the_call_opens(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/bookings/{booking.id}")
    assert "The call opens at" in mentee.text
    assert ">Join call<" not in mentee.text


async def test_by_phone_there_is_nothing_to_join(mentee, pair):
    booking = await pair.booking(medium=Medium.PHONE)
    await mentee.get(f"/bookings/{booking.id}")
    assert ">Join call<" not in mentee.text


async def test_days_before_it_goes_into_ones_calendar_and_another_time_can_be_asked_for(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/bookings/{booking.id}")
    links = re.findall(r'href="(https://[^"]*)"', mentee.text)
    assert [any(link.startswith(calendar) for link in links) for calendar in CALENDARS] == [True] * 3
    assert ["Maya" in link or "moved house" in link for link in links] == [False] * 3
    assert shows(mentee, "invitation.ics", "Ask for another time", "Withdraw", "Can't make it?", "Running late?") == [
        True,
        True,
        True,
        False,
        False,
    ]


async def test_from_a_quarter_of_an_hour_before_one_tap_asks_for_two_other_times(mentee, mentor, pair, site):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    proposed = re.findall(r'name="starts" value="([^"]*)"', mentee.text)
    assert proposed == [(booking.start + timedelta(days=days)).isoformat() for days in (1, 7)]
    await mentee.post(f"/bookings/{booking.id}/move", starts=proposed, media="video", minutes="30")
    assert (mentee.status, mentee.path) == (200, f"/bookings/{booking.id}")
    asked, told = "You asked for another time.", "Sam asked for another time."
    assert shows(mentee, asked, told, "Can't make it?") == [True, False, False]
    assert shows(await mentor.get(f"/bookings/{booking.id}"), asked, told, "Can't make it?") == [False, True, False]
    [wish] = re.findall(r'href="(/offers/\d+)">See the times', mentor.text)
    await mentor.get(wish)
    await mentor.post(f"{wish}/acceptance", start=proposed[1], medium="video")
    moved = mentor.path
    assert shows(await mentee.get(f"/bookings/{booking.id}"), "<h1>Moved</h1>", f'href="{moved}"') == [True, True]
    await mentor.get(f"/calls/{booking.id}")
    assert mentor.status == 403


async def test_who_accepted_can_choose_another_of_the_times(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/acceptance", start=offer.starts[0].isoformat(), medium="video")
    first = mentee.path
    choose = "Choose another of the offered times"
    assert shows(mentee, choose) == [True]
    assert shows(await mentor.get(first), choose) == [False]
    await mentee.post(f"/offers/{offer.id}/undoing")
    assert mentee.path == f"/offers/{offer.id}"
    assert shows(await mentee.get(first), "You took your answer back", "withdrew") == [True, False]
    assert shows(await mentor.get(first), "Sam took their answer back") == [True]
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/acceptance", start=offer.starts[1].isoformat(), medium="video")
    await mentee.post(f"{mentee.path}/withdrawal", words="After all, no.")
    assert shows(mentee, "You withdrew", "After all, no.") == [True, True]
    assert shows(await mentee.get(first), "You took your answer back", "After all, no.") == [True, False]


async def test_where_only_one_time_was_offered_there_is_no_other_to_choose(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    assert shows(await mentee.get(f"/bookings/{booking.id}"), "Choose another of the offered times") == [False]
