"""What letters tell of, read when they are written."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.email_context import Matter
from server.catchups.store.bookings import any_booking, delays_of
from server.catchups.store.catchups import person_from, with_both
from server.catchups.store.offers import offer_of, starts_by_offer
from server.db.tables import catchups, choice_words, choices, offers
from server.mail.outbox import Promise


async def read_matter(connection: AsyncConnection, promise: Promise) -> Matter | None:
    """What the promised letter is about: the offer or booking that its event names; None when it names neither."""
    if promise.about is None:
        return None
    kind, number = promise.about
    booking = await any_booking(connection, number) if kind == "booking" else None
    row = (await connection.execute(_matters(promise, booking.offer_id if booking else number))).one()
    starts = await starts_by_offer(connection, [row.id])
    delays = await delays_of(connection, booking.id) if booking else {}
    return Matter(
        uid=row.uid,
        mentor=person_from(row, "mentor"),
        mentee=person_from(row, "mentee"),
        offer=offer_of(row, starts[row.id]),
        booking=booking,
        moved=await any_booking(connection, row.moves_id) if row.moves_id else None,
        chosen_by=row.chosen_by,
        words=row.words or "",
        again_at=row.again_at,
        late=next((late for person_id, late in delays.items() if person_id != promise.recipient.id), None),
    )


def _matters(promise: Promise, offer_id: int) -> Select[Any]:
    # The choice that the letter tells of was made at the letter's own time, before anything else noted with it.
    choice_id = (
        select(func.min(choices.c.id))
        .where(choices.c.offer_id == offer_id, choices.c.at == promise.made_at)
        .scalar_subquery()
    )
    return (
        with_both(
            offers,
            catchups.c.uid,
            choices.c.person_id.label("chosen_by"),
            choices.c.start.label("again_at"),
            choice_words.c.words,
        )
        .outerjoin(choices, choices.c.id == choice_id)
        .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
        .where(offers.c.id == offer_id)
    )
