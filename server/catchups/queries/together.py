"""What came of times that were accepted at once, as the mentorship stands now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.queries.offer import offer_for
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.store.bookings import coming_in
from server.db.database import Database
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.people import mentorship_of_visitor


@dataclass(frozen=True, slots=True)
class AgreedPage:
    """Of the times that were ticked, those with a booking of the two, and the others."""

    other: Person
    bookings: tuple[Booking, ...]
    left_out: tuple[datetime, ...]


async def read_agreed_page(
    db: Database, visitor: Visitor, mentorship_id: int, starts: tuple[datetime, ...], now: datetime
) -> AgreedPage:
    """Raises NotFound where this is not the visitor's mentorship, also away from home."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        return await _agreed(connection, row.id, row.other, starts, now)


async def read_agreed_with_offer(
    db: Database, visitor: Visitor, offer_id: int, starts: tuple[datetime, ...], now: datetime
) -> AgreedPage:
    """Those of the offer's mentorship. Raises NotFound where the visitor may not open the offer."""
    async with db.reading() as connection:
        view = await offer_for(connection, visitor, offer_id)
        return await _agreed(connection, view.mentorship_id, view.other(visitor.person.id), starts, now)


async def _agreed(
    connection: AsyncConnection, mentorship_id: int, other: Person, starts: tuple[datetime, ...], now: datetime
) -> AgreedPage:
    coming = await coming_in(connection, mentorship_id, now)
    agreed = [each for each in coming if each.start in starts and each.state is BookingState.CONFIRMED]
    booked = {each.start for each in agreed}
    left_out = tuple(sorted(start for start in set(starts) if start not in booked))
    return AgreedPage(other, tuple(sorted(agreed, key=lambda each: each.start)), left_out)
