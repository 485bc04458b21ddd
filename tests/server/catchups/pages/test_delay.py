"""Saying that one comes late."""


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
