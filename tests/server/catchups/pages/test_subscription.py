"""Making one's own calendar feed. Fetching and ending it: test_feed.py."""

import re

FEED = re.compile(r'value="[^"]*/feed/[^"]*\.ics"')


async def test_its_address_is_shown_once(mentee):
    await mentee.get("/me")
    await mentee.post("/me/feed")
    assert (mentee.status, len(FEED.findall(mentee.text))) == (200, 1)
    assert FEED.findall((await mentee.get("/me")).text) == []


async def test_a_link_to_one_catchup_makes_none(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, "/me"))
    assert "/me/feed" not in guest.text
    assert (await guest.post("/me/feed")).status == 403
