"""More time: asked for by the call's page, and told to both at once by their streams."""

import json

import pytest

from server.catchups.rules.bookings import BookingState
from server.catchups.store.bookings import set_state
from tests.server.events import events_of


@pytest.fixture
async def booking(pair, site):
    """One in whose call both have been."""
    made = await pair.booking()
    async with site.database.writing() as connection:
        await set_state(connection, made.id, BookingState.HELD)
    return made


async def test_both_are_told_at_once(mentor, mentee, pair, booking):
    path = f"/calls/{booking.id}/more-time"
    for guest in (mentor, mentee):
        await guest.get(f"/bookings/{booking.id}")
    async with events_of(mentor, booking.id) as to_mentor, events_of(mentee, booking.id) as to_mentee:
        first = [json.loads(await events.next("time")) for events in (to_mentor, to_mentee)]
        end = booking.end.isoformat()
        assert [(told["end"], told["asked"], told["more"]) for told in first] == [(end, None, "free")] * 2
        assert (await mentee.post(path, end=end)).status == 204
        asked = [json.loads(await events.next("time")) for events in (to_mentor, to_mentee)]
        assert [told["asked"] for told in asked] == [pair.sam.id] * 2
        assert (await mentor.post(f"{path}/refusal", end=end)).status == 204
        refused = [json.loads(await events.next("time")) for events in (to_mentor, to_mentee)]
        assert [(told["end"], told["asked"]) for told in refused] == [(end, None)] * 2


async def test_an_end_that_cannot_be_read_is_refused(mentee, booking):
    await mentee.get(f"/bookings/{booking.id}")
    assert (await mentee.post(f"/calls/{booking.id}/more-time", end="soon")).status == 400


async def test_where_there_is_none_nothing_happens(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    before = await contents()
    assert (await mentee.post(f"/calls/{booking.id}/more-time", end=booking.end.isoformat())).status == 204
    assert await contents() == before
