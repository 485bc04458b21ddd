"""A booking's page."""

from datetime import UTC, datetime, timedelta

from server.domain.offers import Medium


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
    assert "Maya knows that you come about 10 minutes late." in mentee.text
    assert "Sam comes about 10 minutes late." in (await mentor.get(f"/bookings/{booking.id}")).text


async def test_a_delay_that_is_not_on_offer_is_refused(mentee, pair, count):
    booking = await pair.booking()
    before = await count("delays")
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/delay", minutes=90)
    assert (mentee.status, await count("delays")) == (422, before)
    assert "how many minutes later" in mentee.text
