"""What the reader noted for themselves about a catch-up."""

from server.catchups.queries.booking_news import booking_for
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.room.store.reflections import read_reflection


async def read_own_reflection(db: Database, sealer: Sealer, visitor: Visitor, booking_id: int) -> str | None:
    """Empty when there is none; None when it cannot be read. Raises NotFound."""
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        try:
            return await read_reflection(connection, sealer, view.booking.catchup_id, visitor.person.id)
        except UnreadableContent:
            return None
