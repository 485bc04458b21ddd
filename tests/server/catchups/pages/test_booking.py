"""A booking's page."""

import re
from datetime import UTC, datetime, timedelta

from server.catchups.pages.move import times_instead
from server.catchups.rules.offers import Medium
from server.catchups.store.bookings import read_booking

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


async def test_withdrawing_calls_it_off_for_both_and_closes_the_call(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal", words="")
    assert "Called off" in mentee.text
    assert "Called off" in (await mentor.get(f"/bookings/{booking.id}")).text
    await mentor.get(f"/calls/{booking.id}")
    assert mentor.status == 403
    assert "was called off" in mentor.text


async def test_withdrawing_twice_is_refused_and_changes_nothing(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal")
    await mentee.get("/home")
    before = await contents()
    await mentee.post(f"/bookings/{booking.id}/withdrawal")
    assert mentee.status == 409
    assert "called off" in mentee.text
    assert await contents() == before


async def test_the_other_is_told_that_one_runs_late(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/delay", minutes=10)
    assert "We told Maya that you are about 10 minutes late." in mentee.text
    assert "Sam is running about 10 minutes late." in (await mentor.get(f"/bookings/{booking.id}")).text


async def test_a_delay_that_is_not_on_offer_is_refused(mentee, pair, count):
    booking = await pair.booking()
    before = await count("delays")
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/delay", minutes=90)
    assert (mentee.status, await count("delays")) == (422, before)
    assert "how many minutes late" in mentee.text


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


async def test_the_two_times_keep_clear_of_what_both_have_agreed_to(pair, site, mentee):
    booking = await pair.booking()
    await pair.booking(booking.start + timedelta(days=1, minutes=-10))
    async with site.database.reading() as connection:
        view = await read_booking(connection, pair.as_sam, booking.id)
        first, second = await times_instead(connection, pair.sam, view)
    assert first >= booking.start + timedelta(days=1, minutes=20)
    assert second == booking.start + timedelta(days=7)


async def test_the_other_reads_the_words_of_who_withdrew(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal", words="I am ill.")
    assert shows(mentee, "You withdrew", "I am ill.") == [True, True]
    await mentor.get(f"/bookings/{booking.id}")
    assert shows(mentor, "Sam withdrew", "I am ill.", "Withdraw from this") == [True, True, False]


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
