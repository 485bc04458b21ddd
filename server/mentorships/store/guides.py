"""Which guides somebody does not want to see any more, and what a guide may be about."""

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.offers import OfferState
from server.db.tables import catchups, dismissed_guides, offers
from server.mentorships.rules.guides import Guide

OF = dismissed_guides.c.person_id == bindparam("person")
READ = select(dismissed_guides.c.guide).where(OF)
ADD, DELETE = insert(dismissed_guides), delete(dismissed_guides).where(OF)
NEWEST_OFFER = (
    select(offers.c.state, offers.c.recipient_id)
    .where(offers.c.catchup_id.in_(select(catchups.c.id).where(catchups.c.mentorship_id == bindparam("mentorship"))))
    .order_by(offers.c.id.desc())
    .limit(1)
)


async def read_dismissed(connection: AsyncConnection, person_id: int) -> frozenset[Guide]:
    """Without names that the program does not know any more."""
    known = {guide.value for guide in Guide}
    names = (await connection.execute(READ, {"person": person_id})).scalars()
    return frozenset(Guide(name) for name in names if name in known)


async def dismiss(connection: AsyncConnection, person_id: int, guide: Guide) -> None:
    """The person must be locked, and not have dismissed it yet."""
    await connection.execute(ADD, {"person_id": person_id, "guide": guide.value})


async def show_all(connection: AsyncConnection, person_id: int) -> None:
    await connection.execute(DELETE, {"person": person_id})


async def did_not_suit(connection: AsyncConnection, mentorship_id: int, mentee_id: int) -> bool:
    """Whether the mentee declined the newest offer, or would like to be asked again later."""
    row = (await connection.execute(NEWEST_OFFER, {"mentorship": mentorship_id})).one_or_none()
    return row is not None and row.state == OfferState.DECLINED.value and row.recipient_id == mentee_id
