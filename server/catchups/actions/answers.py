"""What the recipient of an offer does with it: one verb, one function, one transaction."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.limits import count_proposal, count_undoing
from server.catchups.changes.saving import save
from server.catchups.rules import answers as rules
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Draft, check_words, pause_until
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ShownWording, statement_of
from server.catchups.rules.offers import Offer, OfferEvent, apply
from server.catchups.store import bookings, catchups, offers
from server.catchups.store.answers import answer_dependents, answer_to
from server.db.database import Database
from server.people.rules.mentorships import check_active
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.contacts import keep_phone


async def accept_offer(
    db: Database, visitor: Visitor, offer_id: int, choice: Acceptance, now: datetime, number: str = ""
) -> Booking:
    """The booking that the offer becomes; the one that it asked to move gives way to it.

    `number` is the visitor's own phone number, if they gave one with it.
    Raises NotFound or what `rules.answers.accept` raises.
    """
    by = statement_of(visitor, choice.shown)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        near = await _bookings_near(connection, offer, choice.start)
        moved = await bookings.any_booking(connection, offer.moves_id) if offer.moves_id else None
        agreement = rules.accept(offer, by, choice, near, moved, now)
        await keep_phone(connection, visitor.person.id, number)
        await save(connection, agreement.offer, now)
        if agreement.gives_way:
            await save(connection, agreement.gives_way, now)
        return await save(connection, agreement.booking, now)


async def decline_offer(
    db: Database, visitor: Visitor, offer_id: int, words: str, shown: ShownWording, now: datetime
) -> None:
    """Declines, with or without words. Raises NotFound, InvalidInput or what `rules.offers.apply` raises."""
    by = statement_of(visitor, shown, check_words(words))
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        await save(connection, apply(offer, OfferEvent.DECLINE, now, by), now)


async def postpone_offer(
    db: Database, visitor: Visitor, offer_id: int, weeks: int, words: str, shown: ShownWording, now: datetime
) -> datetime:
    """Declines for now: from when the visitor may be asked again.

    Raises NotFound, InvalidInput or what `rules.offers.apply` raises.
    """
    by = statement_of(visitor, shown, check_words(words))
    until = pause_until(weeks, now)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        await save(connection, rules.postpone(offer, by, until, now), now)
        return until


async def suggest_other(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: ShownWording,
    own: ShownWording,
    now: datetime,
    phone: ShownWording | None = None,
    number: str = "",
) -> Offer:
    """Answers with a counter-offer, which the other side decides; it supersedes the offer.

    `shown` is what suggesting means, `own` what one's own consent to the counter-offer means, `phone` what allowing
    to go on by phone means, None when that was not allowed.
    Raises NotFound, TooManyProposals or what `rules.answers.suggest` raises.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        superseded, counter = rules.suggest(offer, by, draft, own, phone, now)
        mentorship = await catchups.mentorship_of(connection, offer.catchup_id)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        await keep_phone(connection, visitor.person.id, number)
        await save(connection, superseded, now)
        return await save(connection, counter, now)


async def undo_answer(
    db: Database, visitor: Visitor, offer_id: int, shown: ShownWording, window: JoinWindow, now: datetime
) -> None:
    """Takes an answer back while nothing depends on it: the offer waits again.

    Raises NotFound, MentorshipAtRest, TooManyUndoings or what `rules.answers.undo` raises.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        check_active((await catchups.mentorship_of(connection, offer.catchup_id)).state)
        dependents = await answer_dependents(connection, offer)
        answer = await answer_to(connection, offer)
        changes = rules.undo(offer, by, dependents, answer.again_at if answer else None, window, now)
        await count_undoing(connection, visitor.person.id, offer.catchup_id, now)
        for change in changes:
            await save(connection, change, now)


async def _bookings_near(connection: AsyncConnection, offer: Offer, start: datetime) -> tuple[Booking, ...]:
    """What both have agreed to around that time. Nobody else books them until the transaction ends."""
    both = (offer.author_id, offer.recipient_id)
    await people.lock_people(connection, both)
    return await bookings.live_between(connection, both, start, start + timedelta(minutes=offer.minutes))
