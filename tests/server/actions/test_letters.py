"""Sending the outbox: each letter once, with a link made for it; a refused one is tried again."""

import re
from datetime import timedelta

from sqlalchemy import select

from server.actions.letters import FIRST_WAIT, TRIES, send_next_letter
from server.actions.links import open_link
from server.actions.visits import find_visitor
from server.storage.tables import outbox
from tests.server.conftest import NOW, an_offer


class Letterbox:
    """Takes letters over, or refuses them while `broken`."""

    def __init__(self):
        self.letters = []
        self.broken = False

    async def hand_in(self, message):
        if self.broken:
            raise ConnectionRefusedError("no mail server")
        self.letters.append(message)


async def send(database, box, now=NOW):
    return await send_next_letter(database, box.hand_in, "https://fireside.example", "f@example.org", now)


async def outbox_row(database):
    async with database.reading() as connection:
        return (await connection.execute(select(outbox))).one()


async def test_a_letter_is_sent_once_and_its_link_opens_the_offer(database, pair):
    offer = await an_offer(database, pair)
    box = Letterbox()
    assert await send(database, box)
    assert not await send(database, box)
    [letter] = box.letters
    assert "Sam" in letter["To"]
    secret = re.search(r"https://fireside.example/l/([\w-]{43})\s", letter.get_content())[1]
    opened = await open_link(database, secret, None, NOW)
    assert opened.path == f"/catchups/{offer.catchup_id}"
    visitor = await find_visitor(database, opened.token, NOW)
    assert (visitor.person, visitor.catchups) == (pair.mentee.person, {offer.catchup_id})


async def test_a_refused_letter_waits_and_is_sent_later(database, pair):
    await an_offer(database, pair)
    box = Letterbox()
    box.broken = True
    assert await send(database, box)
    row = await outbox_row(database)
    assert (row.attempts, row.sent_at, row.failed_at) == (1, None, None)
    assert "no mail server" in row.last_error
    box.broken = False
    assert not await send(database, box, NOW + FIRST_WAIT - timedelta(seconds=1))
    assert await send(database, box, NOW + FIRST_WAIT)
    assert len(box.letters) == 1
    assert (await outbox_row(database)).last_error is None


async def test_in_the_end_it_is_given_up_and_kept(database, pair):
    await an_offer(database, pair)
    box, now = Letterbox(), NOW
    box.broken = True
    for _ in range(TRIES):
        assert await send(database, box, now)
        now += timedelta(hours=7)
    assert not await send(database, box, now)
    assert (await outbox_row(database)).failed_at is not None
