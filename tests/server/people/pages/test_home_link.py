"""The button that has a link to all one's pages sent."""

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.people.rules.rate_limits import LOST_LINKS_TO


@pytest.fixture
async def by_link(site, pair):
    """Sam, who came by a link to one catch-up."""
    offer = await pair.offer()
    return await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))


@pytest.fixture
def sent(site, pair):
    async def read():
        async with site.database.reading() as connection:
            asked = select(outbox).where(outbox.c.recipient_id == pair.sam.id, outbox.c.kind == "fresh_link")
            return [(row.path, row.catchup_id) for row in await connection.execute(asked)]

    return read


async def test_it_goes_to_ones_own_address_which_is_shown_masked(by_link, pair, sent):
    await by_link.get("/home")
    await by_link.post("/home-link")
    assert by_link.status == 200
    assert "s•••@e•••.org" in by_link.text
    assert pair.sam_email not in by_link.text
    assert await sent() == [("/home", None)]


async def test_also_from_the_page_of_ones_links(mentee, sent):
    assert 'action="/home-link"' in (await mentee.get("/me/sign-ins")).text
    await mentee.post("/home-link")
    assert (mentee.status, await sent()) == (200, [("/home", None)])


async def test_who_asks_too_often_is_told_when_to_ask_again(by_link, sent):
    await by_link.get("/home")
    for _ in range(LOST_LINKS_TO.tries):
        await by_link.post("/home-link")
    await by_link.post("/home-link")
    assert (by_link.status, "We have sent you several links already" in by_link.text) == (429, True)
    assert "You can try again in 20 minutes." in by_link.text
    assert len(await sent()) == LOST_LINKS_TO.tries


async def test_not_for_the_admin_nor_for_nobody(admin, nobody):
    await admin.get("/history")
    assert (await admin.post("/home-link")).status == 404
    assert (await nobody.post("/home-link")).status == 404
