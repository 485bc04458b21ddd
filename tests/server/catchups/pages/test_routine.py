"""The page of a routine, from both sides: setting, changing, pausing and ending it, and breaks."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.actions.routines import make_routine_offers


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def fields(**changed):
    return {"every": "two_weeks", "first": in_days(4), "clock": "17:00", "medium": "video", "minutes": "45"} | changed


def address(pair):
    return f"/mentorships/{pair.mentorship_id}/routine"


@pytest.fixture
async def routine(mentor, pair):
    """The mentor has set one, and sees it."""
    await mentor.get(address(pair))
    await mentor.post(address(pair), **fields())
    return mentor


async def test_the_mentor_sets_and_changes_it_and_the_mentee_gets_its_offer(routine, mentee, pair, database):
    assert (routine.status, routine.path) == (200, address(pair))
    assert "Every second " in routine.text
    assert await make_routine_offers(database, datetime.now(UTC)) == 1
    await mentee.get(address(pair))
    [offer] = re.findall(r"/offers/\d+", mentee.text)
    await mentee.get(offer)
    assert "This offer comes from your routine." in mentee.text
    await routine.get(offer)
    assert "Your routine made this offer." in routine.text
    await routine.get(address(pair))
    [first] = re.findall(r'name="first" value="([^"]*)"', routine.text)
    assert first == in_days(4)
    await routine.post(address(pair), **fields(first=first))
    await mentee.get(offer)
    assert "This offer comes from your routine." in mentee.text
    await routine.post(address(pair), **fields(every="month", medium="phone"))
    assert "of each month at 17:00" in routine.text
    assert "by phone" in routine.text
    await mentee.get(offer)
    assert "This offer was taken back" in mentee.text


async def test_the_mentee_pauses_goes_on_and_ends_it(routine, mentee, pair):
    await mentee.get(address(pair))
    assert "Save the routine" not in mentee.text
    await mentee.post(f"{address(pair)}/pause", weeks="4")
    assert "You paused it until" in mentee.text
    await routine.get(address(pair))
    assert "paused it until" in routine.text
    await mentee.post(f"{address(pair)}/resumption")
    assert "paused it until" not in mentee.text
    await mentee.post(f"{address(pair)}/ending")
    assert "There is none yet." in mentee.text
    await mentee.get("/me/choices")
    for words in ("Paused the routine", "Went on with the routine", "Ended the routine", "until "):
        assert words in mentee.text
    await mentee.post(f"{address(pair)}/ending")
    assert (mentee.status, "This routine has ended." in mentee.text) == (409, True)


async def test_breaks_are_added_removed_and_seen_by_nobody_else(routine, mentee, pair):
    await mentee.get(address(pair))
    path = f"/mentorships/{pair.mentorship_id}/breaks"
    await mentee.post(path, **{"break-first": in_days(4), "break-last": in_days(6)})
    [number] = re.findall(r'name="break" value="(\d+)"', mentee.text)
    await routine.get(address(pair))
    assert 'name="break"' not in routine.text
    await mentee.post(f"{path}/removal", **{"break": number})
    assert 'name="break"' not in mentee.text
    await mentee.post(path, **{"break-first": "soon"})
    assert (mentee.status, "Please enter a date." in mentee.text) == (422, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"every": "now and then"},
        {"first": "2026-02-31"},
        {"first": in_days(400)},
        {"clock": "five"},
        {"medium": "pigeon"},
        {"minutes": "long"},
        {"minutes": "50"},
    ],
)
async def test_what_cannot_be_read_comes_back_as_it_was_typed(mentor, pair, changed):
    await mentor.get(address(pair))
    await mentor.post(address(pair), **fields(**changed))
    assert mentor.status == 422
    assert 'role="alert"' in mentor.text
    if "clock" not in changed:
        assert 'value="17:00"' in mentor.text


async def test_a_wording_that_was_not_shown_is_not_agreed_to(mentor, pair):
    await mentor.get(address(pair))
    mentor.wordings.clear()
    await mentor.post(address(pair), **fields())
    assert mentor.status == 409


async def test_it_is_found_from_home_and_by_nobody_else(mentor, mentee, stranger, nobody, pair):
    for guest in (mentor, mentee):
        await guest.get("/home")
        assert f'href="{address(pair)}"' in guest.text
    for guest in (stranger, nobody):
        await guest.get(address(pair))
        assert guest.status == 404
    await mentee.get(address(pair))
    assert "There is none yet." in mentee.text
    await mentor.get(address(pair))
    mentee.wordings |= mentor.wordings
    await mentee.post(address(pair), **fields())
    assert mentee.status == 403
