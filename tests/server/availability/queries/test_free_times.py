"""Free times, where times are typed: by one's own hours, away from what is busy for either of the two."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.calendar.busy_times import BusyTimes
from server.availability.rules import DayHours, WeeklyHours
from server.availability.store.busy_times import note_read, set_feed
from server.availability.store.hours import replace_hours
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose
from tests.server.actors import visitor_by

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY = (datetime.now(STOCKHOLM) + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


async def say(pair, person, weekly=(), days=()):
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, person.id, weekly, days)


@pytest.fixture
async def three_hours(pair):
    """Maya has time on one day alone, from nine to twelve."""
    await say(pair, pair.maya, days=[DayHours(DAY.date(), 9 * 60, 12 * 60)])


def suggested(guest, minutes=60):
    """The times on the page, as they would be sent."""
    shown = re.findall(
        r'data-longest="(\d+)"[^>]*>\s*<input type="checkbox" name="starts" value="[^"T]*T([^"]*)"', guest.text
    )
    return [start for longest, start in shown if int(longest) >= minutes]


async def offering(mentor, pair):
    return await mentor.get(f"/mentorships/{pair.mentorship_id}/offers/new")


async def test_without_hours_the_form_says_where_to_say_them_and_any_time_of_day_can_be_chosen(mentor, pair):
    await offering(mentor, pair)
    assert 'href="/hours"' in mentor.text
    assert "You can choose any of these times" in mentor.text
    assert {start.partition(":")[2] for start in suggested(mentor)} == {"00"}
    assert {int(start[:2]) for start in suggested(mentor)} <= set(range(8, 20))


async def test_the_new_offer_suggests_times_for_each_length(mentor, pair, three_hours):
    await offering(mentor, pair)
    assert suggested(mentor, 60) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert suggested(mentor, 90) == ["09:00", "09:30", "10:00", "10:30"]
    assert suggested(mentor, 30) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert re.findall(r'data-longest="(\d+)" hidden', mentor.text) == []


async def test_a_suggested_time_is_sent_as_it_stands(mentor, pair, three_hours):
    await offering(mentor, pair)
    start = f"{DAY:%Y-%m-%dT%H:%M}"
    await mentor.post(
        f"/mentorships/{pair.mentorship_id}/offers", note="", media="video", starts=["", "", start], minutes="60"
    )
    assert mentor.path.startswith("/offers/")
    assert f'datetime="{DAY.astimezone(UTC).isoformat()}"' in mentor.text


async def test_without_scripts_a_checked_time_comes_back_in_a_field(mentor, pair, three_hours):
    await offering(mentor, pair)
    start = f"{DAY:%Y-%m-%dT%H:%M}"
    await mentor.post(f"/mentorships/{pair.mentorship_id}/offers", note="", starts=[*[""] * 5, start], minutes="60")
    assert mentor.status == 422
    assert f'type="datetime-local" name="starts" value="{start}"' in mentor.text


async def test_own_bookings_and_those_of_the_other_are_left_out(mentor, pair, three_hours):
    await pair.booking(start=DAY + timedelta(minutes=30))
    await offering(mentor, pair)
    assert suggested(mentor, 60) == ["10:00", "10:30", "11:00"]


async def test_what_the_other_agreed_with_somebody_else_is_left_out_and_their_hours_do_not_count(mentee, pair):
    """Sam suggests by Sam's hours; Maya is booked with Noor then, and has closed that day."""
    at = DAY.astimezone(ZoneInfo("Europe/London"))
    await say(pair, pair.sam, days=[DayHours(at.date(), at.hour * 60, at.hour * 60 + 180)])
    await say(pair, pair.maya, days=[DayHours(DAY.date())])
    now = datetime.now(UTC)
    async with pair.site.database.writing() as connection:
        new_person = NewPerson("Noor", f"noor-of-{pair.maya_email}", "UTC")
        noor = await find_or_add_person(connection, new_person, now)
        with_noor = await find_or_add_mentorship(connection, pair.maya, noor, now)
        secret = await make_link(connection, now, person_id=noor.id, purpose=Purpose.HOME, path="/home")
    as_noor = await visitor_by(pair.site.database, secret, now)
    await replace(pair, mentorship_id=with_noor, sam=noor, as_sam=as_noor).booking(start=DAY + timedelta(minutes=30))
    offer = await pair.offer(hours=24 * 10)
    await mentee.get(f"/offers/{offer.id}/suggestion")
    assert suggested(mentee, 60) == ["09:00", "09:30", "10:00"]


async def test_busy_times_of_a_calendar_are_left_out(mentor, pair, three_hours):
    async with pair.site.database.writing() as connection:
        feed = await set_feed(connection, pair.maya.id, "https://calendar.example/a.ics", datetime.now(UTC))
        busy = [(DAY.astimezone(UTC) + timedelta(minutes=45), DAY.astimezone(UTC) + timedelta(hours=1))]
        await note_read(
            connection, feed, BusyTimes(tuple(busy), 0), "", datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
        )
    await offering(mentor, pair)
    assert suggested(mentor, 60) == ["10:00", "10:30", "11:00"]


async def test_where_nothing_is_free_the_form_says_so(mentor, pair):
    await say(pair, pair.maya, weekly=[WeeklyHours(0, 0, 10)])
    await offering(mentor, pair)
    assert suggested(mentor, 60) == []
    assert "No time is free in this week." in mentor.text
