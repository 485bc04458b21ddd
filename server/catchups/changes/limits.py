"""Limits on what makes somebody else get emails: counted in the transaction that does it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.errors import TooManyOpenOffers, TooManyProposals, TooManyUndoings
from server.catchups.store import offers
from server.errors import TooManyTries
from server.people.rules.rate_limits import LATE_EMAILS, PROPOSALS, UNDOINGS, counted_person
from server.people.store import rate_limits

# How many offers of one person may wait in one mentorship at a time.
MOST_OPEN_OFFERS = 6


async def count_proposal(connection: AsyncConnection, author_id: int, mentorship_id: int, now: datetime) -> None:
    """Counts an offer, a suggestion, a wish to move or a new wording. Raises TooManyProposals."""
    try:
        await rate_limits.take_token(connection, PROPOSALS, counted_person(author_id, mentorship_id), now)
    except TooManyTries as error:
        raise TooManyProposals(error.again_at) from error


async def check_open_offers(connection: AsyncConnection, author_id: int, mentorship_id: int, now: datetime) -> None:
    """Raises TooManyOpenOffers when the author may make no more. The mentorship must be locked."""
    if await offers.count_open_by(connection, author_id, mentorship_id, now) >= MOST_OPEN_OFFERS:
        raise TooManyOpenOffers(most=MOST_OPEN_OFFERS)


async def count_undoing(connection: AsyncConnection, person_id: int, catchup_id: int, now: datetime) -> None:
    """Counts an answer that is taken back. Raises TooManyUndoings."""
    try:
        await rate_limits.take_token(connection, UNDOINGS, counted_person(person_id, catchup_id), now)
    except TooManyTries as error:
        raise TooManyUndoings(error.again_at) from error


async def may_email_late(connection: AsyncConnection, person_id: int, booking_id: int, now: datetime) -> bool:
    """Whether one more email may say that this person is late; what they say is shown on the pages all the same."""
    try:
        await rate_limits.take_token(connection, LATE_EMAILS, counted_person(person_id, booking_id), now)
    except TooManyTries:
        return False
    return True
