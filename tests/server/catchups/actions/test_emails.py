"""Emails about catch-ups on their way: read when they are sent, and of use only while what they are about stands."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.emails import compose_email, drop_late_emails
from server.catchups.rules.bookings import REMINDERS
from server.catchups.store.email_context import still_current
from server.db.tables import bookings
from server.db.tables import outbox as table
from server.mail import outbox
from server.mail.mailer import LEASE, send_due_emails
from tests.server.actors import DRAFT, FIRST, NOW, OFFERED, WITHDREW, a_booking, accepting, an_offer

SENDER = "Fireside <f@example.org>"
LINK = "https://fireside.example/l/s"


async def test_it_says_how_things_stand_to_the_reader(database, pair):
    offer = await an_offer(database, pair)
    await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    async with database.writing() as connection:
        offered, _, agreed = [
            await outbox.claim_due(connection, NOW, NOW + LEASE, still_current(NOW)) for _ in range(3)
        ]
        email = await compose_email(connection, offered, LINK, sender=SENDER)
        confirmed = await compose_email(connection, agreed, LINK, sender=SENDER)
    assert (email.name, email.address, email.link) == ("Sam", "sam@example.org", LINK)
    assert (email.values["offer"].id, email.values["other"]) == (offer.id, pair.mentor.person)
    assert (email.template, email.calendar) == ("catchups/emails/offer_made.email", None)
    assert (confirmed.template, confirmed.calendar.method) == ("catchups/emails/offer_accepted.email", "REQUEST")


async def test_what_has_begun_or_was_called_off_is_dropped_and_nothing_else(database, pair):
    for start in (FIRST, FIRST + timedelta(days=3)):
        await a_booking(database, pair, start)
    await drop_late_emails(database, FIRST)
    async with database.reading() as connection:
        rows = await connection.execute(select(table).order_by(table.c.id))
        dropped = [row.booking_id for row in rows if row.dropped_at is not None]
    # No reminder a day before was queued: it was agreed too late for that.
    assert dropped == [1, 1]


@pytest.mark.parametrize("kind", REMINDERS)
async def test_a_reminder_comes_in_time_and_once(database, pair, mailer, smtp_server, clock, kind):
    booking = await a_booking(database, pair, FIRST + timedelta(days=3))
    await send_due_emails(database, mailer)
    smtp_server.emails.clear()
    due = booking.start - REMINDERS[kind]
    clock.now = due - timedelta(seconds=1)
    await send_due_emails(database, mailer)
    smtp_server.emails.clear()
    clock.now = due
    await send_due_emails(database, mailer)
    await send_due_emails(database, mailer)
    words = {"reminder_day": "Catch-up: a reminder", "reminder_soon": "Catch-up: starting soon"}
    assert sorted((one["To"], one["Subject"]) for one in smtp_server.emails) == [
        *((f"{name} <{name.lower()}@example.org>", words[kind]) for name in ("Maya", "Sam"))
    ]


async def test_a_late_reminder_is_none(database, pair, mailer, smtp_server, clock):
    """The mail server was away until the catch-up had begun."""
    booking = await a_booking(database, pair, FIRST + timedelta(days=3))
    await send_due_emails(database, mailer)
    smtp_server.emails.clear()
    clock.now = booking.start
    await send_due_emails(database, mailer)
    assert smtp_server.emails == []


async def test_cancelling_races_with_reminders_and_none_is_taken_after_it(database, pair, mailer, smtp_server, clock):
    """A reminder is taken while its booking stands, or not at all; one that was not sent then never is."""
    dice, taken = random.Random(20261123), []
    for number in range(12):
        clock.now = NOW
        booking = await a_booking(database, pair, FIRST + timedelta(days=2 * number + 2))
        await send_due_emails(database, mailer)
        smtp_server.emails.clear()
        clock.now = booking.start - timedelta(minutes=10)

        async def remind(booking=booking):
            # Somewhere within the milliseconds that the cancelling takes, before or after.
            await asyncio.sleep(dice.random() * 0.06)
            async with database.writing() as connection:
                entry = await outbox.claim_due(connection, clock.now, clock.now + LEASE, still_current(clock.now))
                state = await connection.execute(select(bookings.c.state).where(bookings.c.id == booking.id))
                taken.append((entry is not None and entry.kind.startswith("reminder"), state.scalar_one()))

        async def cancel(booking=booking):
            await asyncio.sleep(dice.random() * 0.03)
            await withdraw(database, pair.mentee, booking.id, "", WITHDREW, clock.now)

        if number == 0:
            # Both orders come at least here, however the machine runs.
            for step in (remind, cancel, remind):
                await step()
        else:
            await asyncio.gather(cancel(), remind(), remind(), remind(), remind())
        for _ in range(4):
            clock.now += LEASE
            await send_due_emails(database, mailer)
        assert {each["Subject"] for each in smtp_server.emails} <= {"Catch-up: called off"}
    assert {state for reminded, state in taken if reminded} == {"confirmed"}
    assert len({state for _, state in taken}) == 2


async def test_moving_leaves_no_reminder_of_the_former_time(database, pair, mailer, smtp_server, clock):
    booking = await a_booking(database, pair, FIRST + timedelta(days=2))
    draft = replace(DRAFT, starts=(FIRST + timedelta(days=5),))
    offer = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    moved = await accept_offer(database, pair.mentee, offer.id, accepting(draft.starts[0]), NOW)
    await send_due_emails(database, mailer)
    smtp_server.emails.clear()
    for clock.now in (booking.start - timedelta(hours=20), booking.start - timedelta(minutes=10)):
        await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now = moved.start - timedelta(minutes=10)
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 4
    assert {one["Subject"] for one in smtp_server.emails} == {"Catch-up: a reminder", "Catch-up: starting soon"}
