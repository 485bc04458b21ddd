"""What a person notes for themselves about a catch-up: nobody else is shown it."""

from datetime import datetime

from server.catchups.store.bookings import lock_booking_of
from server.db.database import Database
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.visitors import Visitor
from server.room.sealing import Sealer
from server.room.store.reflections import set_reflection

REFLECTION_LIMIT = 5000


async def keep_reflection(
    db: Database, sealer: Sealer, visitor: Visitor, booking_id: int, text: str, now: datetime
) -> None:
    """Saves it in place of the earlier one; an empty text deletes it.

    Raises NotFound or InvalidInput.
    """
    text = text.strip()
    if len(text) > REFLECTION_LIMIT:
        limit = REFLECTION_LIMIT
        raise InvalidInput("reflection", N_("Please shorten this to at most %(limit)s characters."), limit=limit)
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        await set_reflection(connection, sealer, booking.catchup_id, visitor.person.id, text, now)
