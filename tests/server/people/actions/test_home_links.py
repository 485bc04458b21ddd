"""A link to all one's pages goes to one's own address, and not too often."""

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.errors import NotFound
from server.people.actions.home_links import send_home_link
from server.people.actions.lost_links import send_fresh_link
from server.people.rules.errors import TooManyHomeLinks
from server.people.rules.rate_limits import LOST_LINKS_TO
from tests.server.actors import NOW, an_offer, visitor_with_account

KEY = b"key"


@pytest.fixture
def emails(database):
    async def read():
        async with database.reading() as connection:
            rows = await connection.execute(select(outbox).where(outbox.c.kind == "fresh_link").order_by(outbox.c.id))
            return [(row.recipient_id, row.path, row.catchup_id) for row in rows]

    return read


async def test_it_goes_to_the_visitor_also_by_a_link_to_one_catchup(database, pair, by_link, emails):
    offer = await an_offer(database, pair)
    for visitor in (pair.mentee, await by_link(pair.mentee.person, offer.catchup_id)):
        assert await send_home_link(database, visitor, KEY, NOW) == "s•••@e•••.org"
    assert await emails() == [(pair.mentee.person.id, "/home", None)] * 2


async def test_not_too_often_however_one_asks(database, pair, emails):
    for _ in range(LOST_LINKS_TO.tries - 1):
        await send_home_link(database, pair.mentee, KEY, NOW)
    await send_fresh_link(database, "Sam@example.org", KEY, NOW)
    with pytest.raises(TooManyHomeLinks):
        await send_home_link(database, pair.mentee, KEY, NOW)
    assert len(await emails()) == LOST_LINKS_TO.tries
    await send_home_link(database, pair.mentor, KEY, NOW)
    await send_home_link(database, pair.mentee, KEY, NOW + LOST_LINKS_TO.each)


async def test_who_has_an_account_and_no_home_gets_none(database, emails):
    with pytest.raises(NotFound):
        await send_home_link(database, await visitor_with_account(database), KEY, NOW)
    assert await emails() == []
