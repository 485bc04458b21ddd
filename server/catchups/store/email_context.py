"""What emails are about, read when they are sent; and which of them are still of use."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.email_context import EmailContext
from server.catchups.store.bookings import any_booking, delays_of
from server.catchups.store.catchups import person_from, with_both
from server.catchups.store.ledger import CHOSEN_BY, about_offer
from server.catchups.store.offers import offer_of, starts_by_offer
from server.db.tables import bookings, catchups, choice_words, choices, offers, outbox, people
from server.mail.outbox import OutboxEntry
from server.people.store.contacts import reachable_by_phone


async def read_email_context(connection: AsyncConnection, entry: OutboxEntry) -> EmailContext:
    """The catch-up as it stands now, seen from the offer or booking that the entry's event names.

    Raises ValueError when it names neither.
    """
    kind, number = _subject(entry.event)
    booking = await any_booking(connection, number) if kind == "booking" else None
    row = (await connection.execute(_contexts(entry, booking.offer_id if booking else number))).one()
    starts = await starts_by_offer(connection, [row.id])
    delays = await delays_of(connection, booking.id) if booking else {}
    return EmailContext(
        uid=row.uid,
        mentor=person_from(row, "mentor"),
        mentee=person_from(row, "mentee"),
        offer=offer_of(row, starts[row.id]),
        booking=booking,
        moved=await any_booking(connection, row.moves_id) if row.moves_id else None,
        chosen_by=row.chosen_by,
        words=row.words or "",
        again_at=row.again_at,
        reachable=await reachable_by_phone(connection, (row.mentor_id, row.mentee_id)),
        late=next((late for person_id, late in delays.items() if person_id != entry.recipient_id), None),
    )


def still_current(now: datetime) -> ColumnElement[bool]:
    """The condition that an outbox entry is of use: its recipient was not erased, its booking (if any) is to come."""
    to_come = exists().where(
        bookings.c.id == outbox.c.booking_id, bookings.c.state == BookingState.CONFIRMED.value, bookings.c.start > now
    )
    erased = exists().where(people.c.id == outbox.c.recipient_id, people.c.erased_at.is_not(None))
    return and_(~erased, or_(outbox.c.booking_id.is_(None), to_come))


def _subject(event: str) -> tuple[str, int]:
    """What an event happened to, such as ("offer", 7)."""
    found = re.match(r"(offer|booking):(\d+):", event)
    if found is None:
        raise ValueError(f"{event} is about no catch-up")
    return found[1], int(found[2])


def _contexts(entry: OutboxEntry, offer_id: int) -> Select[Any]:
    # The choice that the email tells about was made when the email was queued, before anything else noted with it.
    choice_id = (
        select(func.min(choices.c.id)).where(about_offer(offer_id), choices.c.at == entry.made_at).scalar_subquery()
    )
    return (
        with_both(
            offers,
            catchups.c.uid,
            CHOSEN_BY.label("chosen_by"),
            choices.c.start.label("again_at"),
            choice_words.c.words,
        )
        .outerjoin(choices, choices.c.id == choice_id)
        .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
        .where(offers.c.id == offer_id)
    )
