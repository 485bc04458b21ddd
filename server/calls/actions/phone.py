"""Giving one's phone number."""

from server.catchups.store.bookings import lock_booking_of
from server.db.database import Database
from server.people.rules.phone_numbers import check_number
from server.people.rules.visitors import Visitor
from server.people.store.contacts import keep_phone


async def give_number(db: Database, visitor: Visitor, booking_id: int, phone: str) -> None:
    """Keeps the visitor's number, with them; the rules of each catch-up lend it.

    Raises NotFound or what `check_number` raises.
    """
    phone = check_number(phone, visitor.person.zone)
    async with db.writing() as connection:
        await lock_booking_of(connection, visitor, booking_id)
        await keep_phone(connection, visitor.person.id, phone)
