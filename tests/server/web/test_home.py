"""A person's home."""

from datetime import UTC, datetime, timedelta


async def test_the_mentor_sees_whom_to_offer_a_catch_up(mentor, pair):
    await mentor.get("/home")
    assert "Hello, Maya" in mentor.text
    assert "Offer a catch-up" in mentor.text
    assert "Nothing is agreed yet" in mentor.text


async def test_a_booking_that_is_open_can_be_joined_from_here(mentor, pair):
    booking = await pair.booking()
    assert f'action="/calls/{booking.id}"' in (await mentor.get("/home")).text


async def test_a_later_one_cannot_yet(mentor, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentor.get("/home")
    assert f"/bookings/{booking.id}" in mentor.text
    assert "Join call" not in mentor.text


async def test_the_mentee_sees_what_waits_for_an_answer(mentee, pair):
    offer = await pair.offer()
    await mentee.get("/home")
    assert "Waits for your answer" in mentee.text
    assert f"/offers/{offer.id}" in mentee.text


async def test_a_stranger_sees_nothing_of_them(stranger, pair):
    await pair.booking()
    await stranger.get("/home")
    assert "Maya" not in stranger.text
    assert "You are not in a mentorship yet" in stranger.text


async def test_a_link_to_one_catch_up_does_not_open_the_home(place, pair):
    offer = await pair.offer()
    guest = await place.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    assert (await guest.get("/home")).status == 404
