"""The home of somebody who came by links to single catch-ups: these, and no more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from server.catchups.rules.bookings import Booking
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import booking_of
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, of_both, person_from, with_both
from server.db.database import Database
from server.db.tables import bookings, catchups, offers
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor

each, booked, accepted = offers.alias("each"), bookings.alias("booked"), offers.alias("accepted")
# OPEN_TO_VISITOR says this as well, but lets the database begin elsewhere.
IN_REACH = catchups.c.id.in_(bindparam("reached", expanding=True))
NEWEST_OFFERS = (
    with_both(offers)
    .where(
        offers.c.id
        == select(func.max(each.c.id)).where(each.c.catchup_id == catchups.c.id).correlate(catchups).scalar_subquery(),
        IN_REACH,
        OPEN_TO_VISITOR,
    )
    .order_by(offers.c.id.desc())
)
NEWEST_BOOKINGS = of_both(select(bookings), bookings).where(
    bookings.c.id
    == select(func.max(booked.c.id))
    .join(accepted, accepted.c.id == booked.c.offer_id)
    .where(booked.c.catchup_id == catchups.c.id, accepted.c.state == OfferState.ACCEPTED.value)
    .correlate(catchups)
    .scalar_subquery(),
    IN_REACH,
    OPEN_TO_VISITOR,
)


@dataclass(frozen=True, slots=True)
class CatchupRow:
    """A catch-up with its newest offer and its newest booking. `mine`: the visitor is to answer the offer."""

    id: int
    other: Person
    waits: bool
    mine: bool
    booking: Booking | None


@dataclass(frozen=True, slots=True)
class CatchupHomePage:
    """Newest first."""

    catchups: tuple[CatchupRow, ...]


async def read_catchup_home_page(db: Database, visitor: Visitor, now: datetime) -> CatchupHomePage:
    """The catch-ups that links of this visit lead to."""
    me, wanted = visitor.person.id, as_visitor(visitor)
    async with db.reading() as connection:
        agreed = {row.catchup_id: booking_of(row) for row in await connection.execute(NEWEST_BOOKINGS, wanted)}
        rows = await connection.execute(NEWEST_OFFERS, wanted)
        return CatchupHomePage(
            tuple(
                CatchupRow(
                    id=row.catchup_id,
                    other=person_from(row, "mentee" if row.mentor_id == me else "mentor"),
                    waits=row.state == OfferState.OPEN.value and row.expires_at > now,
                    mine=row.recipient_id == me,
                    booking=agreed.get(row.catchup_id),
                )
                for row in rows
            )
        )
