"""What the author of an offer does with it: one verb, one function, one transaction."""

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.ledger import record_choice
from server.catchups.actions.notifications import change_of_offer, tell, tell_if_invited, tell_of_offer
from server.catchups.rules import offers as rules
from server.catchups.rules.errors import OfferDecided, OfferOpen, OfferSent
from server.catchups.rules.invitations import Status
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.new_times import check_ended
from server.catchups.rules.offers import Draft, Medium, Offer, OfferEvent, OfferState
from server.catchups.store import catchups, offers
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor
from server.people.store import people


async def make_offer(
    db: Database,
    visitor: Visitor,
    mentorship_id: int,
    draft: Draft,
    shown: Shown,
    now: datetime,
    form: str | None = None,
    phone: Shown | None = None,
) -> Offer:
    """Offers a catch-up to the other person of the mentorship. Raises NotFound, InvalidInput or OfferSent.

    `form` is the secret name of the form that was filled in: one that is sent twice makes one offer.
    `phone` is what the visitor was shown when they allowed to go on by phone, None when they did not.
    """
    draft = _with_phone(rules.check_draft(draft, now), phone)
    async with db.writing() as connection:
        mentorship = await people.lock_mentorship_of(connection, visitor, mentorship_id)
        if mentorship is None:
            raise NotFound
        uid = _uid(visitor, mentorship.id, form)
        made = await offers.first_offer_of(connection, uid)
        if made and made.state is OfferState.OPEN and made.revision == 0 and not rules.reads_as(made, draft):
            raise OfferSent(made.id)
        if made:
            return made
        offer = await propose(
            connection,
            visitor,
            draft,
            catchup_id=await catchups.add_catchup(connection, mentorship.id, uid, now),
            recipient_id=mentorship.other(visitor.person.id),
            shown=shown,
            phone=phone,
            now=now,
        )
        await tell_of_offer(connection, offer, "offer_made", now)
        return offer


async def offer_new_times(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: Shown,
    now: datetime,
    phone: Shown | None = None,
) -> Offer:
    """Offers times anew where an offer came to nothing, in its catch-up, so that all links to that serve on.

    Raises NotFound, InvalidInput, OfferOpen where one waits for an answer, or OfferDecided.
    """
    draft = rules.check_draft(draft, now)
    async with db.writing() as connection:
        before = await locked_offer(connection, visitor, offer_id)
        check_ended(before, now)
        ran_out = rules.expire(before, now)
        if ran_out:
            await offers.set_state(connection, before.id, ran_out, now)
        if await offers.open_offer_in(connection, before.catchup_id):
            raise OfferOpen
        if await offers.is_anew_since(connection, before):
            raise OfferDecided
        mentorship = await catchups.mentorship_of(connection, before.catchup_id)
        offer = await propose(
            connection,
            visitor,
            draft,
            catchup_id=before.catchup_id,
            recipient_id=mentorship.other(visitor.person.id),
            shown=shown,
            phone=phone,
            now=now,
        )
        await tell_of_offer(connection, offer, "offer_made", now)
        return offer


async def reword_offer(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: Shown,
    now: datetime,
    phone: Shown | None = None,
) -> Offer:
    """The offer as it reads now: nothing happens where it read so before.

    `phone` is what the visitor was shown of going on by phone, or of no longer doing so, as the draft has it; None
    leaves that as it was. Raises NotFound, InvalidInput or what `domain.offers.decide` raises.
    """
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, offer_id)
        rules.decide(offer, OfferEvent.REWORD, visitor.person.id, now)
        draft = rules.check_rewording(draft, offer, now)
        if phone is None:
            draft = replace(draft, phone_fallback=offer.phone_fallback)
        if rules.reads_as(offer, draft):
            return offer
        before, offer = offer, await offers.reword_offer(connection, offer, draft)
        await record_choice(connection, visitor, offer.id, ChoiceKind.OFFERED, shown, now)
        if phone is not None and offer.phone_fallback != before.phone_fallback:
            kind = ChoiceKind.ALLOWED_PHONE if offer.phone_fallback else ChoiceKind.DISALLOWED_PHONE
            await record_choice(connection, visitor, offer.id, kind, phone, now)
        await tell_of_offer(connection, offer, "offer_reworded", now)
        return offer


async def withdraw_offer(db: Database, visitor: Visitor, offer_id: int, shown: Shown, now: datetime) -> None:
    """Takes an unanswered offer back. Raises NotFound or what `domain.offers.decide` raises."""
    async with db.writing() as connection:
        offer = await decided_offer(connection, visitor, offer_id, OfferEvent.WITHDRAW, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.TOOK_BACK, shown, now)
        change = await change_of_offer(connection, offer, Status.CANCELLED, now)
        await tell(connection, change, {offer.recipient_id: "offer_withdrawn"})
        await tell_if_invited(connection, change, offer.author_id, "you_withdrew")


async def expire_offers(db: Database, now: datetime) -> int:
    """Ends the open offers whose time to be answered is over, each by itself; returns how many."""
    async with db.reading() as connection:
        waiting = await offers.run_out(connection, now)
    return sum([await _expire(db, offer_id, now) for offer_id in waiting])


async def _expire(db: Database, offer_id: int, now: datetime) -> bool:
    """Whether it had still been waiting: an answer may have come between."""
    async with db.writing() as connection:
        offer = await offers.hold_offer(connection, offer_id)
        state = rules.expire(offer, now) if offer else None
        if offer is None or state is None:
            return False
        await offers.set_state(connection, offer.id, state, now)
        change = await change_of_offer(connection, offer, Status.CANCELLED, now)
        await tell(connection, change, {offer.author_id: "move_expired" if offer.moves_id else "offer_expired"})
        await tell_if_invited(connection, change, offer.recipient_id, "offer_expired")
        return True


def _uid(visitor: Visitor, mentorship_id: int, form: str | None) -> str:
    """What names a new catch-up's event: the same for the same form of the same person."""
    if form is None:
        return f"{uuid.uuid4()}@fireside"
    return f"{uuid.uuid5(uuid.NAMESPACE_OID, f'{visitor.person.id}:{mentorship_id}:{form}')}@fireside"


async def propose(
    connection: AsyncConnection,
    visitor: Visitor,
    draft: Draft,
    *,
    catchup_id: int,
    recipient_id: int,
    shown: Shown,
    now: datetime,
    phone: Shown | None = None,
    supersedes_id: int | None = None,
    moves_id: int | None = None,
) -> Offer:
    """An offer by the visitor, with the entry that they consent to it themselves.

    They go on by phone where video fails only with an entry of that too: `phone` is what they were shown of it.
    """
    draft = _with_phone(draft, phone)
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
    if phone is not None and draft.phone_fallback:
        await record_choice(connection, visitor, offer.id, ChoiceKind.ALLOWED_PHONE, phone, now)
    return offer


def _with_phone(draft: Draft, phone: Shown | None) -> Draft:
    """The draft as it may stand: only on words that were shown, and from video, does it fall back on the phone."""
    fallback = draft.phone_fallback and phone is not None and Medium.VIDEO in draft.media
    return replace(draft, phone_fallback=fallback)


async def decided_offer(
    connection: AsyncConnection, visitor: Visitor, offer_id: int, event: OfferEvent, now: datetime
) -> Offer:
    """The offer as it was before the visitor decided it so. Raises NotFound or what `domain.offers.decide` raises."""
    offer = await locked_offer(connection, visitor, offer_id)
    await offers.set_state(connection, offer.id, rules.decide(offer, event, visitor.person.id, now), now)
    return offer


async def locked_offer(connection: AsyncConnection, visitor: Visitor, offer_id: int) -> Offer:
    """The offer, with its catch-up held. Raises NotFound."""
    offer = await offers.lock_offer(connection, visitor, offer_id)
    if offer is None:
        raise NotFound
    return offer
