"""A catch-up's one address for its whole life."""


async def test_it_leads_to_the_offer_then_to_the_booking(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/catchups/{offer.catchup_id}")
    assert mentee.path == f"/offers/{offer.id}"
    booking = await pair.booking()
    await mentee.get(f"/catchups/{booking.catchup_id}")
    assert mentee.path == f"/bookings/{booking.id}"


async def test_the_stranger_finds_nothing(stranger, pair):
    offer = await pair.offer()
    assert (await stranger.get(f"/catchups/{offer.catchup_id}")).status == 404
