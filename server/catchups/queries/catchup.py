"""Where a catch-up has come to: its one address leads there."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from server.catchups.rules.offers import OfferState
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor
from server.db.database import Database
from server.db.tables import bookings, catchups, mentorships, offers
from server.errors import NotFound
from server.people.rules.visitors import Visitor

accepted = offers.alias("accepted")
NEWEST_BOOKING = (
    select(func.max(bookings.c.id))
    .join(accepted, accepted.c.id == bookings.c.offer_id)
    .where(bookings.c.catchup_id == bindparam("id"), accepted.c.state == OfferState.ACCEPTED.value)
    .scalar_subquery()
)
STATUS = (
    select(offers.c.id, offers.c.state, NEWEST_BOOKING.label("booking_id"))
    .join(catchups, catchups.c.id == offers.c.catchup_id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(catchups.c.id == bindparam("id"), OPEN_TO_VISITOR)
    .order_by((offers.c.state == OfferState.OPEN.value).desc(), offers.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class CatchupStatus:
    """The offer that waits, or else the newest, and the newest booking."""

    offer_id: int
    offer_state: OfferState
    booking_id: int | None


async def read_catchup_status(db: Database, visitor: Visitor, catchup_id: int) -> CatchupStatus:
    """Where the visitor's catch-up has come to. A booking whose acceptance was undone does not count.

    Raises NotFound.
    """
    async with db.reading() as connection:
        row = (await connection.execute(STATUS, {"id": catchup_id, **as_visitor(visitor)})).one_or_none()
    if row is None:
        raise NotFound
    return CatchupStatus(row.id, OfferState(row.state), row.booking_id)
