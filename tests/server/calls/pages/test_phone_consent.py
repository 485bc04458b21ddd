"""Saying whether one would go on by phone where the video fails."""

import pytest

from tests.server.calls.pages.numbers import LINK, NUMBERS, allow_both


@pytest.mark.usefixtures("numbers")
async def test_by_video_both_must_allow_it_and_each_can_take_it_back(mentor, mentee, pair):
    booking = await pair.booking()
    await allow_both(booking, mentor)
    assert "You are happy to go on by phone. Sam has not agreed yet." in mentor.text
    assert (await mentor.get(f"/calls/{booking.id}/number.json")).status == 403
    await mentee.get(f"/bookings/{booking.id}")
    assert "Maya is happy to go on by phone." in mentee.text
    await mentee.post(f"/bookings/{booking.id}/phone")
    assert "You are both happy to go on by phone." in mentee.text
    assert LINK in (await mentor.get(f"/bookings/{booking.id}")).text
    await mentor.post(f"/bookings/{booking.id}/phone/withdrawal")
    for guest in (mentor, mentee):
        assert NUMBERS.search((await guest.get(f"/bookings/{booking.id}")).text) is None


async def test_consent_needs_the_words_that_were_shown(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    before = await contents()
    await mentee.post(f"/bookings/{booking.id}/phone", wording="0" * 64)
    assert mentee.status == 409
    await mentee.post(f"/bookings/{booking.id}/phone/withdrawal", wording="0" * 64)
    assert mentee.status == 409
    assert await contents() == before
