"""The record of what two people agreed to: each wishes it for themselves, and it is emailed once they have ended."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.store.sessions import present_in
from server.catchups.rules.bookings import CALLED_OFF, Booking
from server.catchups.rules.errors import BookingOver
from server.catchups.store.bookings import lock_any_booking, lock_booking_of
from server.catchups.store.catchups import mentorship_of
from server.catchups.store.email_context import read_email_context
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.mail import outbox
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact
from server.room.emails import record_email
from server.room.rules.records import agreed_record
from server.room.sealing import Sealer
from server.room.store.contents import read_content
from server.room.store.records import (
    add_wish,
    drop_wish,
    drop_wishes,
    keep_record,
    made_record,
    record_for,
    waiting_bookings,
    wishes_of,
)


async def wish_record(db: Database, visitor: Visitor, booking_id: int, wished: bool, now: datetime) -> None:
    """Says whether the visitor would like the record by email. Raises NotFound, or BookingOver after a withdrawal."""
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        if booking.state in CALLED_OFF:
            raise BookingOver
        wishes, me = await wishes_of(connection, booking.id), visitor.person.id
        if wished and me not in wishes:
            await add_wish(connection, booking.id, me, now)
        elif not wished:
            await drop_wish(connection, booking.id, me)


async def send_records(db: Database, sealer: Sealer, now: datetime) -> int:
    """Emails the records of the catch-ups whose two people have ended; returns of how many."""
    async with db.reading() as connection:
        waiting = [booking.id for booking in await waiting_bookings(connection, now) if booking.end <= now]
    return await for_each(db, Work.RECORD, waiting, partial(_send, db, sealer, now), now)


async def _send(db: Database, sealer: Sealer, now: datetime, booking_id: int) -> bool:
    """Whether it was sent: not while somebody is in the call, or if it was called off since.

    Raises UnreadableContent.
    """
    async with db.writing() as connection:
        booking = await lock_any_booking(connection, booking_id)
        if booking is None or booking.end > now or await present_in(connection, booking.id):
            return False
        if booking.state in CALLED_OFF:
            await drop_wishes(connection, booking.id)
            return False
        await _make(connection, sealer, booking, now)
        return True


async def _make(connection: AsyncConnection, sealer: Sealer, booking: Booking, now: datetime) -> None:
    """Who wishes it later gets the same."""
    record = await made_record(connection, sealer, booking.id)
    if record is None:
        mentorship = await mentorship_of(connection, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        record = agreed_record(await read_content(connection, sealer, booking.catchup_id), both)
    for person_id, made_at in (await wishes_of(connection, booking.id)).items():
        if made_at is None:
            await keep_record(connection, sealer, booking.id, person_id, record, now)
            await outbox.enqueue(
                connection,
                recipient_id=person_id,
                event=f"booking:{booking.id}:agreed_record",
                kind="agreed_record",
                path=f"/bookings/{booking.id}",
                now=now,
                catchup_id=booking.catchup_id,
            )


async def compose_record(connection: AsyncConnection, entry: OutboxEntry, link: str, *, sealer: Sealer) -> Email:
    """The email with the record. Raises UnreadableContent, or ValueError when the entry is about no booking."""
    context = await read_email_context(connection, entry)
    if context.booking is None:
        raise ValueError(f"{entry.event} is about no booking")
    record = await record_for(connection, sealer, context.booking.id, entry.recipient_id)
    contact = await any_contact(connection, entry.recipient_id)
    return record_email(entry, context, record, contact.email, link)
