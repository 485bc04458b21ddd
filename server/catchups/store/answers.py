"""What was answered to an offer, and what depends on the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.answers import AnswerDependents
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.catchups.store.bookings import any_booking, live_booking_of
from server.catchups.store.ledger import CHOSEN_BY, about_offer
from server.catchups.store.offers import has_new_times_since, open_offer_in
from server.db.tables import choice_words, choices, offers

NEWEST_ANSWERS = (
    select(func.max(choices.c.id))
    .join(offers, about_offer(offers.c.id))
    .where(offers.c.id.in_(bindparam("ids", expanding=True)), offers.c.recipient_id == CHOSEN_BY)
    .group_by(offers.c.id)
)
ANSWERS: Select[Any] = (
    select(choices.c.subject_id, choices.c.kind, choices.c.start, choice_words.c.words)
    .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
    .where(choices.c.id.in_(NEWEST_ANSWERS))
)


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    """`again_at` is from when somebody who postponed may be asked again."""

    kind: ChoiceKind
    again_at: datetime | None
    words: str


async def answer_to(connection: AsyncConnection, offer: Offer) -> OfferAnswer | None:
    """The newest answer to the offer by the one who was asked, with their words."""
    return (await answers_to(connection, [offer.id])).get(offer.id)


async def answers_to(connection: AsyncConnection, offer_ids: Iterable[int]) -> Mapping[int, OfferAnswer]:
    """The newest answer to each of these offers by the one who was asked, by the offer's id."""
    rows = await connection.execute(ANSWERS, {"ids": list(offer_ids)})
    return {row.subject_id: _answer_of(row) for row in rows}


def _answer_of(row: Row[Any]) -> OfferAnswer:
    kind = ChoiceKind(row.kind)
    return OfferAnswer(kind, row.start if kind is ChoiceKind.POSTPONED else None, row.words or "")


async def answer_dependents(connection: AsyncConnection, offer: Offer) -> AnswerDependents:
    """What can depend on an answer to the offer. To decide by it, the catch-up must be locked."""
    return AnswerDependents(
        booking=await live_booking_of(connection, offer.id),
        waiting=await open_offer_in(connection, offer.catchup_id),
        moved=await any_booking(connection, offer.moves_id) if offer.moves_id else None,
        new_times=await has_new_times_since(connection, offer),
    )
