"""One's own choices."""

import re

from server.catchups.actions.answers import decline_offer
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording


async def test_each_entry_says_what_was_chosen_on_which_words(mentee, pair):
    booking = await pair.booking()
    await mentee.get("/me/choices")
    assert mentee.status == 200
    assert "Accepted" in mentee.text
    assert WORDINGS[ChoiceKind.ACCEPTED] in mentee.text
    assert "The wording shown (English)" in mentee.text
    assert "on a page" in mentee.text
    assert f'href="/catchups/{booking.catchup_id}"' in mentee.text
    assert "Catch-up with Maya" in mentee.text
    assert "Offered" not in mentee.text


async def test_long_lists_are_read_by_pages(mentee, pair, site, no_limits):
    for _ in range(52):
        offer = await pair.offer()
        shown = ShownWording(WORDINGS[ChoiceKind.DECLINED], "en")
        await decline_offer(site.database, pair.as_sam, offer.id, "", shown, offer.made_at)
    await mentee.get("/me/choices")
    assert mentee.text.count("Declined</h2>") == 50
    [older] = re.findall(r'href="/me/choices(\?before=\d+)"', mentee.text)
    async with mentee.session.get(f"{mentee.base_url}/me/choices{older}") as response:
        assert (await response.text()).count("Declined</h2>") == 2
    await mentee.get("/me/choices?before=nonsense")
    assert mentee.text.count("Declined</h2>") == 50


async def test_a_link_to_one_catchup_shows_its_choices_only(site, pair):
    one, other = await pair.booking(), await pair.offer()
    guest = await site.guest(await pair.link(pair.maya, other.catchup_id, "/me/choices"))
    assert f"/catchups/{other.catchup_id}" in guest.text
    assert f"/catchups/{one.catchup_id}" not in guest.text
    assert 'href="/home"' in guest.text
