"""Withdrawing from a booking."""


def shows(guest, *texts):
    return [text in guest.text for text in texts]


async def test_withdrawing_calls_it_off_for_both_and_closes_the_call(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal", words="")
    assert "Called off" in mentee.text
    assert "Called off" in (await mentor.get(f"/bookings/{booking.id}")).text
    await mentor.get(f"/calls/{booking.id}")
    assert mentor.status == 403
    assert "was called off" in mentor.text


async def test_the_other_reads_the_words_of_who_withdrew(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/withdrawal", words="I am ill.")
    assert shows(mentee, "You withdrew", "I am ill.") == [True, True]
    await mentor.get(f"/bookings/{booking.id}")
    assert shows(mentor, "Sam withdrew", "I am ill.", "Withdraw from this") == [True, True, False]


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
