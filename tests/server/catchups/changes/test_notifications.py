"""The calendar event that emails carry, and the reminders: only of what is far enough ahead and not called off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import withdraw
from server.catchups.changes.notifications import change_of, notify
from server.catchups.rules.drafts import Medium
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.store.email_context import still_current
from server.db.tables import outbox as outbox_table
from server.mail import outbox
from tests.server.actors import (
    DRAFT,
    FIRST,
    NOW,
    SECOND,
    WITHDREW,
    QueuedEmail,
    a_booking,
    accepting,
    an_offer,
    emails_in,
    emails_left,
    pending_reminders,
    sequence_of,
)

MINUTE = timedelta(minutes=1)


async def test_an_offer_that_waits_stands_at_its_earliest_time_still_to_come(database, pair):
    offer = await an_offer(database, pair, replace(DRAFT, media=frozenset({Medium.PHONE})))
    async with database.writing() as connection:
        early = await change_of(connection, offer, Status.TENTATIVE, NOW)
        late = await change_of(connection, offer, Status.TENTATIVE, FIRST)
        over = await change_of(connection, offer, Status.CANCELLED, SECOND)
    assert [change.invitation for change in (early, late, over)] == [
        Invitation(Status.TENTATIVE, 2, FIRST, 30, Medium.PHONE),
        Invitation(Status.TENTATIVE, 3, SECOND, 30, Medium.PHONE),
        Invitation(Status.CANCELLED, 4, FIRST, 30, Medium.PHONE),
    ]


async def test_the_medium_is_told_when_it_is_settled(database, pair):
    offer = await an_offer(database, pair)
    async with database.writing() as connection:
        change = await change_of(connection, offer, Status.TENTATIVE, NOW)
    assert change.invitation.medium is None


async def test_an_event_is_called_off_only_where_it_stands(database, pair):
    """Sam was invited, Maya was not."""
    offer = await an_offer(database, pair)
    await emails_left(database)
    both = (pair.mentor.person.id, pair.mentee.person.id)
    async with database.writing() as connection:
        change = await change_of(connection, offer, Status.CANCELLED, NOW)
        await notify(connection, change, [Notice(person_id, "offer_withdrawn") for person_id in both])
        await notify(connection, change, [Notice(person_id, "you_withdrew", receipt=True) for person_id in both])
    assert (await emails_in(database, offer.catchup_id))[1:] == [
        QueuedEmail("Maya", "offer_withdrawn", None),
        QueuedEmail("Sam", "offer_withdrawn", ("CANCELLED", 2, FIRST)),
        QueuedEmail("Sam", "you_withdrew", ("CANCELLED", 2, FIRST)),
    ]


async def test_news_of_a_booking_may_be_told_again_and_leave_the_calendar_alone(database, pair):
    booking = await a_booking(database, pair)
    for _ in range(2):
        await emails_left(database)
        async with database.writing() as connection:
            change = await change_of(connection, booking, None, NOW)
            await notify(connection, change, [Notice(pair.mentee.person.id, "running_late")])
    assert (await emails_in(database, booking.catchup_id))[-2:] == [QueuedEmail("Sam", "running_late", None)] * 2
    assert await sequence_of(database, booking.catchup_id) == 4


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (timedelta(days=1) + 31 * MINUTE, ["reminder_day", "reminder_soon"]),
        (timedelta(days=1) + 30 * MINUTE, ["reminder_soon"]),
        (46 * MINUTE, ["reminder_soon"]),
        (45 * MINUTE, []),
    ],
)
async def test_nobody_is_reminded_of_what_was_agreed_just_now(database, pair, ahead, kinds):
    offer = await an_offer(database, pair, replace(DRAFT, starts=(NOW + ahead,)))
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(NOW + ahead), NOW)
    assert await pending_reminders(database, booking) == [(name, kind) for name in ("Maya", "Sam") for kind in kinds]


async def due(database, now):
    """The kinds of the emails that a sender would claim now, one after the other."""
    taken = []
    while True:
        async with database.writing() as connection:
            entry = await outbox.claim_due(connection, now, now + timedelta(days=400), still_current(now))
        if entry is None:
            return taken
        taken.append(entry.kind)


async def test_reminders_come_a_day_and_a_quarter_of_an_hour_before(database, pair):
    await a_booking(database, pair, SECOND)
    await due(database, NOW)
    assert await due(database, SECOND - timedelta(days=1) - MINUTE) == []
    assert await due(database, SECOND - timedelta(days=1)) == ["reminder_day"] * 2
    assert await due(database, SECOND - 16 * MINUTE) == []
    assert await due(database, SECOND - 15 * MINUTE) == ["reminder_soon"] * 2


async def test_nothing_is_reminded_of_that_has_begun(database, pair):
    """After a day without a mail server."""
    await a_booking(database, pair, SECOND)
    await due(database, NOW)
    assert await due(database, SECOND) == []


async def test_nothing_is_reminded_of_that_was_called_off_even_by_hand(database, pair):
    """Dropped with the withdrawal; and were it not, not taken."""
    booking = await a_booking(database, pair, SECOND)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    async with database.writing() as connection:
        await connection.execute(update(outbox_table).values(dropped_at=None))
    assert await due(database, SECOND - MINUTE) == ["offer_made", *["offer_accepted"] * 2, *["booking_cancelled"] * 2]


async def test_a_reminder_that_could_not_be_sent_before_the_withdrawal_is_not_tried_again(database, pair):
    booking = await a_booking(database, pair, SECOND)
    await due(database, NOW)

    reminding = SECOND - 15 * MINUTE
    async with database.writing() as connection:
        entry = await outbox.claim_due(connection, reminding, reminding + MINUTE, still_current(reminding))
        await outbox.note_failure(connection, entry, "refused", reminding + MINUTE, None)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, reminding)
    assert await due(database, reminding + MINUTE) == ["booking_cancelled"] * 2
