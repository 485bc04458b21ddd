"""Who looked at one's data."""


async def test_both_see_who_looked_and_a_stranger_sees_nothing(mentor, mentee, stranger, coordinator, pair):
    assert "Nobody has looked at your data." in (await mentee.get("/me/looks")).text
    booking = await pair.booking()
    await coordinator.get(f"/history/{booking.id}")
    for guest in (mentor, mentee):
        await guest.get("/me")
        assert 'href="/me/looks"' in guest.text
        await guest.get("/me/looks")
        assert "<bdi>coordinator</bdi></strong>: Looked at a catch-up" in guest.text
    assert "coordinator" not in (await stranger.get("/me/looks")).text
