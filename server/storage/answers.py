"""What was answered to an offer, and what has been built on the answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.consents import ChoiceKind
from server.domain.offers import Offer
from server.domain.undoing import Built
from server.storage.bookings import booking_at, live_booking_of
from server.storage.offers import open_offer_in
from server.storage.tables import choice_words, choices


@dataclass(frozen=True, slots=True)
class Answer:
    """`again_at` is from when somebody who postponed may be asked again."""

    kind: ChoiceKind
    again_at: datetime | None
    words: str


async def answer_to(connection: AsyncConnection, offer: Offer) -> Answer | None:
    """The newest answer to the offer by the one who was asked, with their words."""
    row = (
        await connection.execute(
            select(choices.c.kind, choices.c.start, choice_words.c.words)
            .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
            .where(choices.c.offer_id == offer.id, choices.c.person_id == offer.recipient_id)
            .order_by(choices.c.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    kind = ChoiceKind(row.kind)
    return Answer(kind, row.start if kind is ChoiceKind.POSTPONED else None, row.words or "")


async def built_on_answer(connection: AsyncConnection, offer: Offer) -> Built:
    """What stands in the offer's catch-up. To decide by it, the catch-up must be held."""
    return Built(
        booking=await live_booking_of(connection, offer.id),
        waiting=await open_offer_in(connection, offer.catchup_id),
        moved=await booking_at(connection, offer.moves_id) if offer.moves_id else None,
    )
