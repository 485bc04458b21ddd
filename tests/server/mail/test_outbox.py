"""The outbox: one letter an event and recipient, taken by one sender at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.catchups.rules.invitations import Invitation, Status
from server.db.tables import outbox as table
from server.mail import outbox
from tests.server.actors import FIRST, NOW, a_booking, an_offer

LEASE = timedelta(minutes=2)


async def take(database, now=NOW):
    async with database.writing() as connection:
        return await outbox.take_due(connection, now, now + LEASE)


async def test_senders_at_once_never_take_the_same_letter(database, pair):
    for _ in range(6):
        await an_offer(database, pair)
    taken = [promise.id for promise in await asyncio.gather(*(take(database) for _ in range(9))) if promise]
    assert len(set(taken)) == len(taken)
    while promise := await take(database):
        taken.append(promise.id)
    assert len(taken) == len(set(taken)) == 6


async def test_a_letter_whose_sender_died_is_due_again(database, pair):
    await an_offer(database, pair)
    first = await take(database)
    assert await take(database, NOW + LEASE - timedelta(seconds=1)) is None
    again = await take(database, NOW + LEASE)
    assert (again.id, again.attempts) == (first.id, 1)


async def test_the_same_event_is_promised_once(database, pair):
    offer = await an_offer(database, pair)
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await outbox.promise_letter(
                connection,
                recipient_id=pair.mentee.person.id,
                event=f"offer:{offer.id}:offer_made:1",
                letter="offer_made",
                catchup_id=offer.catchup_id,
                path="/",
                now=NOW,
            )


async def test_an_invitation_comes_back_as_it_was_kept(database, pair):
    await an_offer(database, pair)
    promise = await take(database)
    assert promise.invitation == Invitation(Status.TENTATIVE, 1, FIRST, 30, None)


async def test_a_letter_that_was_dropped_is_not_taken(database, pair):
    booking = await a_booking(database, pair)
    async with database.writing() as connection:
        await outbox.drop_letters(connection, booking.id, NOW)
    while promise := await take(database, FIRST - timedelta(minutes=1)):
        assert promise.booking_id is None


async def test_only_who_was_sent_the_event_is_invited(database, pair):
    offer = await an_offer(database, pair)
    async with database.reading() as connection:
        assert await outbox.invited(connection, offer.catchup_id) == {pair.mentee.person.id}


async def test_what_has_begun_or_was_called_off_is_dropped_and_nothing_else(database, pair):
    for start in (FIRST, FIRST + timedelta(days=3)):
        await a_booking(database, pair, start)
    async with database.writing() as connection:
        await outbox.drop_late(connection, FIRST)
        rows = await connection.execute(select(table).order_by(table.c.id))
        bookings = [row.booking_id for row in rows if row.dropped_at is not None]
    # The reminder of a day before was none any more when it was agreed.
    assert bookings == [1, 1]


async def test_letters_that_went_wrong_are_listed_without_their_links(database, pair):
    for _ in range(3):
        await an_offer(database, pair)
    first, second, third = [await take(database) for _ in range(3)]
    async with database.writing() as connection:
        await outbox.note_error(connection, first, "451 Later", NOW + LEASE, None)
        await outbox.note_error(connection, second, "550 " + "No" * 300, NOW + LEASE, NOW)
        await outbox.note_sent(connection, third, NOW)
        failed, delayed = await outbox.list_troubled(connection)
        assert (failed.id, failed.failed_at, len(failed.last_error)) == (second.id, NOW, 300)
        assert (delayed.id, delayed.due_at, delayed.attempts, delayed.last_error) == (
            first.id,
            NOW + LEASE,
            1,
            "451 Later",
        )
        assert delayed.recipient == pair.mentee.person
        assert await outbox.waiting(connection, NOW) == outbox.Waiting(due=0, failed=1)
        assert await outbox.waiting(connection, NOW + LEASE) == outbox.Waiting(due=1, failed=1)


async def test_who_lost_a_letter_to_another_says_nothing_about_it(database, pair):
    """A sender that was away for longer than its lease; what it did send is noted all the same."""
    await an_offer(database, pair)
    late = await take(database)
    again = await take(database, NOW + LEASE)
    async with database.writing() as connection:
        await outbox.note_error(connection, late, "too late", NOW, NOW)
        await outbox.keep(connection, late, NOW + 9 * LEASE)
        assert await outbox.list_troubled(connection) == ()
        assert not await outbox.is_due(connection, NOW + 2 * LEASE - timedelta(seconds=1))
        assert await outbox.is_due(connection, NOW + 2 * LEASE)
        await outbox.note_sent(connection, late, NOW)
        await outbox.note_error(connection, again, "broken off", NOW, None)
        assert not await outbox.is_due(connection, NOW + 9 * LEASE)
        assert await outbox.list_troubled(connection) == ()
