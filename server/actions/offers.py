"""What people do with offers: one verb, one function, one transaction."""

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.ledger import record_choice
from server.domain import offers as rules
from server.domain.bookings import Booking, overlap
from server.domain.consents import ChoiceKind
from server.domain.errors import BadDraft, NotFound, TimeTaken
from server.domain.offers import NOTE_LIMIT, Draft, Medium, Offer, OfferEvent
from server.domain.visitors import Visitor
from server.storage import bookings, catchups, offers, outbox, people
from server.storage.database import Database


async def make_offer(db: Database, visitor: Visitor, mentorship_id: int, draft: Draft, now: datetime) -> Offer:
    """Offers a catch-up to the other person of the mentorship. Raises NotFound or BadDraft."""
    draft = rules.check_draft(draft, now)
    async with db.writing() as connection:
        mentorship = await people.find_mentorship(connection, visitor, mentorship_id)
        if mentorship is None:
            raise NotFound
        return await _add_offer(
            connection,
            draft,
            catchup_id=await catchups.add_catchup(connection, mentorship.id, now),
            author_id=visitor.person.id,
            recipient_id=mentorship.other(visitor.person.id),
            supersedes_id=None,
            letter="offer_made",
            now=now,
        )


async def accept_offer(
    db: Database, visitor: Visitor, offer_id: int, start: datetime, medium: Medium, now: datetime
) -> Booking:
    """The booking that the offer becomes.

    Raises NotFound, what `domain.offers.accept` raises, or TimeTaken when one of the two is booked then.
    """
    async with db.writing() as connection:
        offer = await _locked(connection, visitor, offer_id)
        state = rules.accept(offer, visitor.person.id, start, medium, now)
        await _refuse_overlap(connection, offer, start)
        await offers.set_state(connection, offer.id, state, now)
        booking = await bookings.add_booking(connection, offer, start, medium, f"{uuid.uuid4()}@fireside", now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.ACCEPTED, now, start=start, medium=medium)
        for recipient_id in (offer.author_id, offer.recipient_id):
            await _promise(connection, recipient_id, "offer_accepted", offer, f"/bookings/{booking.id}", now)
        return booking


async def decline_offer(db: Database, visitor: Visitor, offer_id: int, words: str, now: datetime) -> None:
    """Declines, with or without words. Raises NotFound, BadDraft or what `domain.offers.decide` raises."""
    words = check_words(words)
    async with db.writing() as connection:
        offer = await _locked(connection, visitor, offer_id)
        state = rules.decide(offer, OfferEvent.DECLINE, visitor.person.id, now)
        await offers.set_state(connection, offer.id, state, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.DECLINED, now, words=words)
        await _promise(connection, offer.author_id, "offer_declined", offer, f"/offers/{offer.id}", now)


async def suggest_other(db: Database, visitor: Visitor, offer_id: int, draft: Draft, now: datetime) -> Offer:
    """Answers with a counter-offer, which the other side decides; the offer is superseded by it.

    Raises NotFound, BadDraft or what `domain.offers.decide` raises.
    """
    draft = rules.check_draft(draft, now)
    async with db.writing() as connection:
        offer = await _locked(connection, visitor, offer_id)
        state = rules.decide(offer, OfferEvent.SUGGEST, visitor.person.id, now)
        await offers.set_state(connection, offer.id, state, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.SUGGESTED, now)
        return await _add_offer(
            connection,
            draft,
            catchup_id=offer.catchup_id,
            author_id=visitor.person.id,
            recipient_id=offer.author_id,
            supersedes_id=offer.id,
            letter="other_suggested",
            now=now,
        )


async def withdraw_offer(db: Database, visitor: Visitor, offer_id: int, now: datetime) -> None:
    """Takes an unanswered offer back. Raises NotFound or what `domain.offers.decide` raises."""
    async with db.writing() as connection:
        offer = await _locked(connection, visitor, offer_id)
        state = rules.decide(offer, OfferEvent.WITHDRAW, visitor.person.id, now)
        await offers.set_state(connection, offer.id, state, now)
        await _promise(connection, offer.recipient_id, "offer_withdrawn", offer, f"/offers/{offer.id}", now)


async def expire_offers(db: Database, now: datetime) -> int:
    """Ends the open offers whose last possible time has come; returns how many."""
    async with db.writing() as connection:
        return await offers.expire_offers(connection, now)


def check_words(words: str) -> str:
    """The words, stripped. Raises BadDraft when there are too many."""
    words = words.strip()
    if len(words) > NOTE_LIMIT:
        raise BadDraft("words", f"Please shorten your words to {NOTE_LIMIT:,} characters; there are {len(words):,}.")
    return words


async def _locked(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> Offer:
    offer = await offers.lock_offer(connection, visitor, offer_id)
    if offer is None:
        raise NotFound
    return offer


async def _refuse_overlap(connection: AsyncConnection, offer: Offer, start: datetime) -> None:
    both = (offer.author_id, offer.recipient_id)
    await people.lock_people(connection, both)
    near = await bookings.confirmed_near(connection, both, start, offer.minutes)
    if any(overlap(start, offer.minutes, booking) for booking in near):
        raise TimeTaken


async def _add_offer(
    connection: AsyncConnection,
    draft: Draft,
    *,
    catchup_id: int,
    author_id: int,
    recipient_id: int,
    supersedes_id: int | None,
    letter: str,
    now: datetime,
) -> Offer:
    offer = await offers.add_offer(
        connection,
        draft,
        catchup_id=catchup_id,
        author_id=author_id,
        recipient_id=recipient_id,
        supersedes_id=supersedes_id,
        now=now,
    )
    await _promise(connection, recipient_id, letter, offer, f"/offers/{offer.id}", now)
    return offer


async def _promise(
    connection: AsyncConnection, recipient_id: int, letter: str, offer: Offer, path: str, now: datetime
) -> None:
    await outbox.promise_letter(
        connection,
        recipient_id=recipient_id,
        event=f"offer:{offer.id}:{letter}",
        letter=letter,
        catchup_id=offer.catchup_id,
        path=path,
        now=now,
    )
