"""The outbox: one email per event and recipient, claimed by one sender at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import false, select, true
from sqlalchemy.exc import IntegrityError

from server.admin.queries.emails import list_undelivered
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Invitation, Status, as_data
from server.db.tables import outbox as table
from server.mail import outbox
from tests.server.actors import FIRST, NOW, a_booking, an_offer

LEASE = timedelta(minutes=2)


async def claim(database, now=NOW):
    async with database.writing() as connection:
        return await outbox.claim_due(connection, now, now + LEASE, true())


async def test_senders_at_once_never_claim_the_same_email(database, pair):
    for _ in range(6):
        await an_offer(database, pair)
    claimed = [entry.id for entry in await asyncio.gather(*(claim(database) for _ in range(9))) if entry]
    assert len(set(claimed)) == len(claimed)
    while entry := await claim(database):
        claimed.append(entry.id)
    assert len(claimed) == len(set(claimed)) == 6


async def test_an_email_whose_sender_died_is_due_again(database, pair):
    await an_offer(database, pair)
    first = await claim(database)
    assert await claim(database, NOW + LEASE - timedelta(seconds=1)) is None
    again = await claim(database, NOW + LEASE)
    assert (again.id, again.attempts) == (first.id, 1)


async def test_the_same_event_is_queued_once(database, pair):
    offer = await an_offer(database, pair)
    with pytest.raises(IntegrityError):
        async with database.writing() as connection:
            await outbox.enqueue(
                connection,
                recipient_id=pair.mentee.person.id,
                event=f"offer:{offer.id}:offer_made:1",
                kind="offer_made",
                catchup_id=offer.catchup_id,
                path="/",
                now=NOW,
            )


async def test_an_entry_says_what_was_queued(database, pair):
    offer = await an_offer(database, pair)
    entry = await claim(database)
    assert entry == outbox.OutboxEntry(
        id=entry.id,
        recipient_id=pair.mentee.person.id,
        event=f"offer:{offer.id}:offer_made:1",
        kind="offer_made",
        catchup_id=offer.catchup_id,
        booking_id=None,
        path=f"/catchups/{offer.catchup_id}",
        invitation=None,
        made_at=NOW,
        due_at=NOW,
        attempts=0,
    )


async def test_what_is_not_current_is_neither_due_nor_claimed_and_can_be_dropped(database, pair):
    await an_offer(database, pair)
    async with database.writing() as connection:
        assert not await outbox.is_due(connection, NOW, false())
        assert await outbox.claim_due(connection, NOW, NOW + LEASE, false()) is None
        await outbox.drop_stale(connection, NOW, true())
        assert await outbox.is_due(connection, NOW, true())
        await outbox.drop_stale(connection, NOW, false())
        assert not await outbox.is_due(connection, NOW, true())
        assert (await connection.execute(select(table.c.dropped_at))).scalar_one() == NOW


async def test_an_email_that_was_dropped_is_not_claimed(database, pair):
    booking = await a_booking(database, pair)
    async with database.writing() as connection:
        await outbox.drop_emails(connection, booking.id, NOW)
    while entry := await claim(database, FIRST - timedelta(minutes=1)):
        assert entry.booking_id is None


async def test_the_newest_state_of_the_event_is_known_for_each_who_was_sent_it(database, pair):
    booking = await a_booking(database, pair)
    told = as_data(Invitation(Status.CONFIRMED, 2, FIRST, 30, Medium.VIDEO))
    moved = as_data(Invitation(Status.CONFIRMED, 3, FIRST + LEASE, 30, Medium.VIDEO))
    async with database.writing() as connection:
        assert await outbox.last_invitations(connection, booking.catchup_id) == {
            pair.mentor.person.id: told,
            pair.mentee.person.id: told,
        }
        await outbox.enqueue(
            connection,
            recipient_id=pair.mentee.person.id,
            event="booking:9:booking_moved:3",
            kind="booking_moved",
            path="/",
            now=NOW,
            catchup_id=booking.catchup_id,
            invitation=moved,
        )
        assert (await outbox.last_invitations(connection, booking.catchup_id))[pair.mentee.person.id] == moved


async def test_it_counts_what_is_due_and_what_was_given_up(database, pair):
    for _ in range(3):
        await an_offer(database, pair)
    first, second, third = [await claim(database) for _ in range(3)]
    async with database.writing() as connection:
        await outbox.note_failure(connection, first, "451 Later", NOW + LEASE, None)
        await outbox.note_failure(connection, second, "550 No", NOW + LEASE, NOW)
        await outbox.note_sent(connection, third, NOW)
        assert await outbox.count_waiting(connection, NOW) == outbox.OutboxCounts(due=0, failed=1)
        assert await outbox.count_waiting(connection, NOW + LEASE) == outbox.OutboxCounts(due=1, failed=1)


async def test_only_what_was_given_up_is_queued_again(database, pair):
    await an_offer(database, pair)
    entry = await claim(database)
    async with database.writing() as connection:
        assert not await outbox.requeue(connection, entry.id, NOW)
        await outbox.note_failure(connection, entry, "550 No", NOW + LEASE, NOW)
        assert await outbox.requeue(connection, entry.id, NOW)
        assert not await outbox.requeue(connection, entry.id, NOW)
    assert (await claim(database)).attempts == 0


async def test_a_sender_that_lost_its_lease_changes_nothing_but_that_it_has_sent(database, pair):
    """A sender that was away for longer than its lease; what it did send is noted all the same."""
    await an_offer(database, pair)
    late = await claim(database)
    again = await claim(database, NOW + LEASE)
    async with database.writing() as connection:
        await outbox.note_failure(connection, late, "too late", NOW, NOW)
        await outbox.renew(connection, late, NOW + 9 * LEASE)
        assert await list_undelivered(connection) == ()
        assert not await outbox.is_due(connection, NOW + 2 * LEASE - timedelta(seconds=1), true())
        assert await outbox.is_due(connection, NOW + 2 * LEASE, true())
        await outbox.note_sent(connection, late, NOW)
        await outbox.note_failure(connection, again, "connection lost", NOW, None)
        assert not await outbox.is_due(connection, NOW + 9 * LEASE, true())
        assert await list_undelivered(connection) == ()
