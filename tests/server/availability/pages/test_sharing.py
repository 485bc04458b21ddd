"""How many of one's free times the other sees: nothing unless one says so, and then only what suits both."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.rules import DayHours
from server.availability.store.hours import replace_hours

STOCKHOLM, LONDON = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/London")
DAY = (datetime.now(STOCKHOLM) + timedelta(days=4)).date()


@pytest.fixture
async def hours(pair):
    """Maya has time on one day from nine to three in Stockholm, Sam from ten to eleven in London."""
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, pair.maya.id, [], [DayHours(DAY, 9 * 60, 15 * 60)])
        await replace_hours(connection, pair.sam.id, [], [DayHours(DAY, 10 * 60, 11 * 60)])


async def share(guest, pair, how):
    await guest.get("/hours")
    await guest.post(f"/mentorships/{pair.mentorship_id}/shared-times", share=how)


async def shown(guest, pair):
    """The times that the page of a suggestion shows."""
    offer = await pair.offer(hours=24 * 10)
    await guest.get(f"/offers/{offer.id}/suggestion")
    return re.findall(r'<input type="checkbox" name="starts" value="[^"T]*T([^"]*)"', guest.text)


async def test_nothing_is_shown_unless_one_says_so(mentor, mentee, pair, hours):
    assert await shown(mentee, pair) == ["10:00", "10:30"]
    assert "Maya does not show theirs, so only yours count." in mentee.text
    assert "Times when one of you has another catch-up are left out." in mentee.text
    await mentor.get("/hours")
    assert re.findall(r'value="(\w+)"\s+checked', mentor.text) == ["nothing"]


async def test_what_is_chosen_stands_on_the_page_and_can_be_taken_back(mentor, mentee, pair, hours):
    for how in ("few", "all", "nothing"):
        await share(mentor, pair, how)
        assert (mentor.status, mentor.path) == (200, "/hours")
        assert re.findall(r'name="share" value="(\w+)"[^>]*checked', mentor.text) == [how]
    await shown(mentee, pair)
    assert "does not show theirs" in mentee.text


async def test_the_other_sees_only_what_suits_both(mentor, mentee, pair, hours):
    await share(mentor, pair, "all")
    assert await shown(mentee, pair) == ["10:00", "10:30"]
    assert "These times suit you both." in mentee.text
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, pair.maya.id, [], [DayHours(DAY, 11 * 60, 11 * 60 + 30)])
    assert await shown(mentee, pair) == ["10:00"]


async def test_who_has_time_at_any_hour_sees_three_times_of_a_day_where_a_few_are_shown(mentor, mentee, pair, hours):
    await share(mentor, pair, "few")
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, pair.sam.id, [], [DayHours(DAY, 0, 24 * 60)])
    few = await shown(mentee, pair)
    assert len(few) == 3
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, pair.sam.id, [], [])
    assert await shown(mentee, pair) == few
    async with pair.site.database.writing() as connection:
        await replace_hours(connection, pair.sam.id, [], [DayHours(DAY, 8 * 60, 11 * 60)])
    assert set(await shown(mentee, pair)) <= set(few)


async def test_it_is_for_that_mentorship_alone(mentor, pair, stranger):
    await stranger.get("/home")
    await stranger.post(f"/mentorships/{pair.mentorship_id}/shared-times", share="all")
    assert stranger.status == 404
    await mentor.get("/hours")
    assert re.findall(r'name="share" value="(\w+)"[^>]*checked', mentor.text) == ["nothing"]


async def test_what_is_not_on_the_list_is_refused(mentor, pair):
    await share(mentor, pair, "everything")
    assert mentor.status == 422
    assert "What others see" in mentor.text
