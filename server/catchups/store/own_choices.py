"""A person's own entries of the ledger."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.consents import OwnChoice
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import IS_LIVE
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, mentees, mentors, of_both
from server.catchups.store.ledger import about_offer, choice_of
from server.db.tables import bookings, choice_words, choices, offers, wordings
from server.people.rules.visitors import Visitor


async def choices_of(connection: AsyncConnection, visitor: Visitor) -> tuple[OwnChoice, ...]:
    """The visitor's own entries in all that this visit opens, oldest first."""
    booked = and_(bookings.c.offer_id == offers.c.id, IS_LIVE)
    entries = (
        select(
            choices,
            offers.c.catchup_id,
            offers.c.author_id,
            offers.c.state.label("offer_state"),
            wordings.c.text.label("wording"),
            choice_words.c.words,
            bookings.c.id.label("booking_id"),
            bookings.c.start.label("booked_from"),
            (bookings.c.minutes + bookings.c.extra_minutes).label("booked_minutes"),
            *(mentors.c[name].label(f"mentor_{name}") for name in ("id", "name")),
            *(mentees.c[name].label(f"mentee_{name}") for name in ("id", "name")),
        )
        .select_from(choices)
        .join(offers, about_offer(offers.c.id))
    )
    query = (
        of_both(entries, offers)
        .join(wordings, wordings.c.hash == choices.c.wording_hash)
        .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
        .outerjoin(bookings, booked)
        .where(choices.c.person_id == visitor.person.id, OPEN_TO_VISITOR)
        .order_by(choices.c.id)
    )
    return tuple(_own(row) for row in await connection.execute(query, as_visitor(visitor)))


def _own(row: Row[Any]) -> OwnChoice:
    entry = choice_of(row)
    mine = row.mentor_id == entry.person_id
    ends = row.booked_from + timedelta(minutes=row.booked_minutes) if row.booking_id else None
    return OwnChoice(
        id=row.id,
        catchup_id=row.catchup_id,
        offer_id=entry.subject.id,
        other_id=row.mentee_id if mine else row.mentor_id,
        other_name=row.mentee_name if mine else row.mentor_name,
        kind=entry.kind,
        start=entry.start,
        medium=entry.medium,
        words=row.words or "",
        at=entry.at,
        wording=row.wording,
        language=entry.language,
        channel=entry.channel,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
        waits=row.offer_state == OfferState.OPEN and row.author_id == entry.person_id,
        booking_id=row.booking_id,
        booked_until=ends,
    )
