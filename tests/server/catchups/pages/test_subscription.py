"""Making one's own feed. What becomes of it: test_feed.py."""


async def test_a_link_to_one_catchup_makes_none(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, "/me"))
    assert "/me/feed" not in guest.text
    assert (await guest.post("/me/feed")).status == 404
