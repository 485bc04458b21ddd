"""The call page's button for a link to open in another browser."""

import json


async def test_the_page_gets_a_link_of_the_readers_own(mentee, pair, site):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    await mentee.post(f"/calls/{booking.id}/link")
    link = json.loads(mentee.text)["link"]
    elsewhere = await (await site.guest()).get(link.removeprefix(site.base_url))
    assert (elsewhere.status, elsewhere.path) == (200, f"/bookings/{booking.id}")
    assert "Catch-up with Maya" in elsewhere.text


async def test_the_stranger_gets_none(stranger, pair):
    booking = await pair.booking()
    await stranger.get("/home")
    assert (await stranger.post(f"/calls/{booking.id}/link")).status == 404


async def test_another_sites_page_gets_none(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    await mentee.post(f"/calls/{booking.id}/link", origin="https://elsewhere.example")
    assert (mentee.status, "/l/" in mentee.text) == (403, False)
