"""What the author of an offer does with it: one verb, one function, one transaction."""

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.actions.ledger import record_choice
from server.actions.promises import change_of_offer, tell, tell_if_invited
from server.domain import offers as rules
from server.domain.consents import ChoiceKind, Shown
from server.domain.errors import NotFound
from server.domain.invitations import Status
from server.domain.offers import Draft, Offer, OfferEvent
from server.domain.visitors import Visitor
from server.storage import catchups, offers, people
from server.storage.database import Database


async def make_offer(
    db: Database, visitor: Visitor, mentorship_id: int, draft: Draft, shown: Shown, now: datetime
) -> Offer:
    """Offers a catch-up to the other person of the mentorship. Raises NotFound or BadDraft."""
    draft = rules.check_draft(draft, now)
    async with db.writing() as connection:
        mentorship = await people.find_mentorship(connection, visitor, mentorship_id)
        if mentorship is None:
            raise NotFound
        uid = f"{uuid.uuid4()}@fireside"
        offer = await propose(
            connection,
            visitor,
            draft,
            catchup_id=await catchups.add_catchup(connection, mentorship.id, uid, now),
            recipient_id=mentorship.other(visitor.person.id),
            shown=shown,
            now=now,
        )
        change = await change_of_offer(connection, offer, Status.TENTATIVE, now)
        await tell(connection, change, {offer.recipient_id: "offer_made"})
        return offer


async def reword_offer(
    db: Database, visitor: Visitor, offer_id: int, draft: Draft, shown: Shown, now: datetime
) -> Offer:
    """The offer as it reads now. Raises NotFound, BadDraft or what `domain.offers.decide` raises."""
    draft = rules.check_draft(draft, now)
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, offer_id)
        rules.decide(offer, OfferEvent.REWORD, visitor.person.id, now)
        offer = await offers.reword_offer(connection, offer, draft)
        await record_choice(connection, visitor, offer.id, ChoiceKind.OFFERED, shown, now)
        change = await change_of_offer(connection, offer, Status.TENTATIVE, now)
        await tell(connection, change, {offer.recipient_id: "offer_reworded"})
        return offer


async def withdraw_offer(db: Database, visitor: Visitor, offer_id: int, shown: Shown, now: datetime) -> None:
    """Takes an unanswered offer back. Raises NotFound or what `domain.offers.decide` raises."""
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, offer_id)
        state = rules.decide(offer, OfferEvent.WITHDRAW, visitor.person.id, now)
        await offers.set_state(connection, offer.id, state, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.TOOK_BACK, shown, now)
        change = await change_of_offer(connection, offer, Status.CANCELLED, now)
        await tell(connection, change, {offer.recipient_id: "offer_withdrawn"})
        await tell_if_invited(connection, change, offer.author_id, "you_withdrew")


async def expire_offers(db: Database, now: datetime) -> int:
    """Ends the open offers whose time to be answered is over; returns how many."""
    async with db.writing() as connection:
        return await offers.expire_offers(connection, now)


async def propose(
    connection: AsyncConnection,
    visitor: Visitor,
    draft: Draft,
    *,
    catchup_id: int,
    recipient_id: int,
    shown: Shown,
    now: datetime,
    supersedes_id: int | None = None,
    moves_id: int | None = None,
) -> Offer:
    """An offer by the visitor, with the entry that they consent to it themselves."""
    offer = await offers.add_offer(
        connection,
        draft,
        catchup_id=catchup_id,
        author_id=visitor.person.id,
        recipient_id=recipient_id,
        supersedes_id=supersedes_id,
        moves_id=moves_id,
        now=now,
    )
    await record_choice(connection, visitor, offer.id, ChoiceKind.OFFERED, shown, now)
    return offer


async def locked_offer(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> Offer:
    """The offer, with its catch-up held. Raises NotFound."""
    offer = await offers.lock_offer(connection, visitor, offer_id)
    if offer is None:
        raise NotFound
    return offer
