"""What the author of an offer does with it, and its end by the clock: one verb, one function, one transaction."""

import uuid
from datetime import datetime
from functools import partial

from server.catchups.changes.limits import check_open_offers, count_proposal
from server.catchups.changes.saving import save
from server.catchups.rules import proposals as rules
from server.catchups.rules.drafts import Draft, check_draft
from server.catchups.rules.errors import OfferDecided, OfferOpen, OfferSent
from server.catchups.rules.ledger import ShownWording, statement_of
from server.catchups.rules.offers import Offer, OfferEvent, OfferState, apply
from server.catchups.rules.proposals import check_ended, propose, with_phone
from server.catchups.store import catchups, offers
from server.catchups.store.bookings import has_live_booking
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.errors import DomainError
from server.people.rules.mentorships import check_active
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.contacts import keep_phone


async def make_offer(
    db: Database,
    visitor: Visitor,
    mentorship_id: int,
    draft: Draft,
    shown: ShownWording,
    now: datetime,
    form: str | None = None,
    phone: ShownWording | None = None,
    number: str = "",
) -> Offer:
    """Offers a catch-up to the other person of the mentorship.

    Raises NotFound, InvalidInput, OfferSent, MentorshipAtRest, TooManyOpenOffers or TooManyProposals.

    `form` is the secret name of the form that was filled in: one that is sent twice makes one offer.
    `phone` is what the visitor was shown when they allowed to go on by phone, None when they did not. `number` is their
    own phone number, if they gave one with it.
    """
    draft, by = check_draft(draft, now), statement_of(visitor, shown)
    async with db.writing() as connection:
        mentorship = await people.lock_mentorship_of(connection, visitor, mentorship_id)
        uid = _uid(visitor, mentorship.id, form)
        made = await offers.first_offer_of(connection, uid)
        if made:
            return _as_sent(made, with_phone(draft, phone))
        check_active(mentorship.state)
        await check_open_offers(connection, visitor.person.id, mentorship.id, now)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        await keep_phone(connection, visitor.person.id, number)
        catchup_id = await catchups.add_catchup(connection, mentorship.id, uid, now)
        recipient_id = mentorship.other(visitor.person.id)
        offer = propose(draft, by, phone, catchup_id=catchup_id, recipient_id=recipient_id)
        return await save(connection, offer, now)


async def offer_new_times(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: ShownWording,
    now: datetime,
    phone: ShownWording | None = None,
    number: str = "",
) -> Offer:
    """Offers new times in the catch-up of an offer that came to nothing, so that all links to that still work.

    Raises NotFound, InvalidInput, OfferOpen where an offer waits for an answer, OfferDecided, MentorshipAtRest or
    TooManyProposals.
    """
    draft, by = check_draft(draft, now), statement_of(visitor, shown)
    async with db.writing() as connection:
        before = await offers.lock_offer_of(connection, visitor, offer_id)
        check_ended(before, now)
        await keep_phone(connection, visitor.person.id, number)
        if before.state is OfferState.OPEN:
            await save(connection, apply(before, OfferEvent.REPLACE, now), now)
        if await offers.open_offer_in(connection, before.catchup_id):
            raise OfferOpen
        if await offers.has_new_times_since(connection, before) or await has_live_booking(
            connection, before.catchup_id
        ):
            raise OfferDecided
        mentorship = await catchups.mentorship_of(connection, before.catchup_id)
        check_active(mentorship.state)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        recipient_id = before.author_id if visitor.person.id == before.recipient_id else before.recipient_id
        offer = propose(draft, by, phone, catchup_id=before.catchup_id, recipient_id=recipient_id)
        return await save(connection, offer, now)


async def reword_offer(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: ShownWording,
    now: datetime,
    phone: ShownWording | None = None,
    number: str = "",
) -> Offer:
    """The offer as it reads now: nothing happens where it read so before.

    `phone` is what the visitor was shown of going on by phone, or of no longer doing so, as the draft has it; None
    leaves that as it was. Raises NotFound, TooManyProposals or what `rules.proposals.reword` raises.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        change = rules.reword(offer, by, draft, phone, now)
        if change is None:
            return offer
        mentorship = await catchups.mentorship_of(connection, offer.catchup_id)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        await keep_phone(connection, visitor.person.id, number)
        return await save(connection, change, now)


async def withdraw_offer(db: Database, visitor: Visitor, offer_id: int, shown: ShownWording, now: datetime) -> None:
    """Takes an unanswered offer back. Raises NotFound or what `rules.offers.apply` raises."""
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        await save(connection, apply(offer, OfferEvent.WITHDRAW, now, by), now)


async def expire_offers(db: Database, now: datetime) -> int:
    """Ends the open offers that have run out, each in a transaction of its own; returns how many."""
    async with db.reading() as connection:
        waiting = await offers.run_out(connection, now)
    return await for_each(db, Work.EXPIRY, waiting, partial(_expire, db, now), now)


async def _expire(db: Database, now: datetime, offer_id: int) -> bool:
    """Whether it was still waiting: it may have been answered since it was read."""
    async with db.writing() as connection:
        offer = await offers.lock_any_offer(connection, offer_id)
        if offer is None:
            return False
        try:
            change = apply(offer, OfferEvent.EXPIRE, now)
        except DomainError:
            return False
        await save(connection, change, now)
        return True


def _uid(visitor: Visitor, mentorship_id: int, form: str | None) -> str:
    """What names a new catch-up's event: the same for the same form of the same person."""
    if form is None:
        return f"{uuid.uuid4()}@fireside"
    return f"{uuid.uuid5(uuid.NAMESPACE_OID, f'{visitor.person.id}:{mentorship_id}:{form}')}@fireside"


def _as_sent(made: Offer, draft: Draft) -> Offer:
    """The offer that the form made when it was sent before. Raises OfferSent where it says something else now."""
    if made.state is OfferState.OPEN and made.revision == 0 and not made.reads_as(draft):
        raise OfferSent(made.id)
    return made
