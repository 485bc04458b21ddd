"""The admin's history."""


async def test_it_lists_bookings_and_offers_without_one(admin, pair):
    booking = await pair.booking()
    await pair.offer()
    await admin.get("/history")
    assert f"/history/{booking.id}" in admin.text
    assert "Offers without a booking" in admin.text
    assert "I moved house." not in admin.text


async def test_a_state_without_sessions_says_so(admin):
    await admin.get("/history?state=rescheduled&before=1")
    assert "No sessions are in this state" in admin.text


async def test_nonsense_in_the_address_is_left_out(admin, pair):
    booking = await pair.booking()
    await admin.get("/history?state=%00&before=-1")
    assert admin.status == 200
    assert f"/history/{booking.id}" in admin.text
