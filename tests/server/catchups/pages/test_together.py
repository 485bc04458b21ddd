"""Accepting the next times of a routine at once, on the page of an offer and on that of the routine."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.actions.routines import make_routine_offers
from tests.server.site import ACCEPTED


@pytest.fixture
async def path(mentor, mentee, pair, database):
    """The routine's offer, which the mentee sees."""
    first = (datetime.now(UTC) + timedelta(days=4)).date().isoformat()
    routine = f"/mentorships/{pair.mentorship_id}/routine"
    await mentor.get(routine)
    await mentor.post(routine, every="week", first=first, clock="17:00", medium="video", minutes="45")
    assert await make_routine_offers(database, datetime.now(UTC)) == 1
    await mentee.get(routine)
    [offer] = re.findall(r"/offers/\d+", mentee.text)
    await mentee.get(offer)
    return offer


def coming(guest):
    return re.findall(r'name="coming" value="([^"]*)"', guest.text)


def fields(guest):
    [start] = re.findall(r'name="start" value="([^"]*)"', guest.text)
    return {"start": start, "medium": "video", "revision": "0"}


async def test_the_offer_shows_the_next_three_and_those_that_are_ticked_are_agreed_with_it(mentee, path):
    assert len(coming(mentee)) == 3
    await mentee.post(f"{path}/acceptance", **fields(mentee), coming=[coming(mentee)[0], coming(mentee)[2]])
    assert mentee.status == 200
    assert "3 catch-ups are agreed" in mentee.text
    assert len(set(re.findall(r'href="(/bookings/\d+)"', mentee.text))) == 3
    assert "Left out" not in mentee.text


async def test_without_a_tick_the_offer_alone_is_agreed(mentee, path):
    await mentee.post(f"{path}/acceptance", **fields(mentee))
    assert mentee.path.startswith("/bookings/")


async def test_what_is_no_longer_free_is_said_and_left_out(mentee, pair, path):
    told, ticked = fields(mentee), coming(mentee)
    await pair.booking(start=datetime.fromisoformat(ticked[1]) + timedelta(minutes=15))
    await mentee.post(f"{path}/acceptance", **told, coming=ticked)
    assert "3 catch-ups are agreed" in mentee.text
    left_out = mentee.text.partition("Left out")[2]
    assert re.findall(r'datetime="([^"]*)"', left_out) == [ticked[1]]
    assert "Nothing was agreed for these times." in left_out


async def test_the_routines_page_has_them_too_and_asks_for_a_tick(mentee, pair, path):
    routine = f"/mentorships/{pair.mentorship_id}/routine"
    await mentee.get(routine)
    assert len(coming(mentee)) == 4
    await mentee.post(f"{routine}/acceptances")
    assert mentee.status == 422
    assert "Please tick at least one time." in mentee.text
    await mentee.post(f"{routine}/acceptances", coming=coming(mentee)[:2])
    assert "2 catch-ups are agreed" in mentee.text


async def test_the_mentor_sees_the_coming_times_and_cannot_accept_them(mentor, mentee, pair, path):
    routine = f"/mentorships/{pair.mentorship_id}/routine"
    await mentor.get(routine)
    assert coming(mentor) == []
    await mentor.post(f"{routine}/acceptances", coming=coming(mentee)[:1], wording=ACCEPTED.hash)
    assert mentor.status == 403


@pytest.mark.parametrize("typed", ["soon", "2026-11-24T15:00"])
async def test_a_time_that_cannot_be_read_is_refused(mentee, path, typed):
    await mentee.post(f"{path}/acceptance", **fields(mentee), coming=typed)
    assert mentee.status == 422
    assert "Please choose one of the offered times." in mentee.text
