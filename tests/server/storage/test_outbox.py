"""The outbox: one letter an event and recipient, taken by one sender at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from server.actions.offers import make_offer
from server.storage import outbox
from tests.server.conftest import DRAFT, NOW

LEASE = timedelta(minutes=2)


async def take(database, now=NOW):
    async with database.writing() as connection:
        return await outbox.take_due(connection, now, now + LEASE)


async def test_senders_at_once_never_take_the_same_letter(database, pair):
    for _ in range(6):
        await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    taken = [promise.id for promise in await asyncio.gather(*(take(database) for _ in range(9))) if promise]
    assert len(set(taken)) == len(taken)
    while promise := await take(database):
        taken.append(promise.id)
    assert len(taken) == len(set(taken)) == 6


async def test_a_letter_whose_sender_died_is_due_again(database, pair):
    await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    first = await take(database)
    assert await take(database, NOW + LEASE - timedelta(seconds=1)) is None
    again = await take(database, NOW + LEASE)
    assert (again.id, again.attempts) == (first.id, 1)


async def test_the_same_event_is_promised_once(database, pair):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await outbox.promise_letter(
                connection,
                recipient_id=pair.mentee.person.id,
                event=f"offer:{offer.id}:offer_made",
                letter="offer_made",
                catchup_id=offer.catchup_id,
                path="/",
                now=NOW,
            )
