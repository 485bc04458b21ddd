"""The calendar event that emails carry, and the reminders: only of what is far enough ahead and not called off."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import withdraw
from server.catchups.changes.notifications import change_of, notify
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status, as_data
from server.catchups.store.email_context import still_current
from server.db.tables import outbox as outbox_table
from server.mail import outbox
from tests.server.actors import (
    DRAFT,
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


async def test_an_event_is_called_off_once_and_only_where_it_stands_as_it_stood(database, pair):
    """Sam has it from an earlier version, which sent one with an offer; Maya has none."""
    offer = await an_offer(database, pair)
    await emails_left(database)
    both = (pair.mentor.person.id, pair.mentee.person.id)
    told = as_data(Invitation(Status.TENTATIVE, 1, SECOND, 30, None))
    async with database.writing() as connection:
        await connection.execute(update(outbox_table).values(invitation=json.dumps(told)))
        for kind, receipt in (("you_withdrew", True), ("offer_withdrawn", False)):
            change = await change_of(connection, offer, Status.CANCELLED, NOW)
            await notify(connection, change, [Notice(person_id, kind, receipt) for person_id in both])
    assert (await emails_in(database, offer.catchup_id))[1:] == [
        QueuedEmail("Sam", "you_withdrew", ("CANCELLED", 2, SECOND)),
        QueuedEmail("Maya", "offer_withdrawn", None),
        QueuedEmail("Sam", "offer_withdrawn", None),
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
