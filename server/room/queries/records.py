"""Whether the reader wishes the record of what was agreed, and whether it was made."""

from dataclasses import dataclass

from server.catchups.queries.booking_news import booking_for
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.room.store.records import wishes_of


@dataclass(frozen=True, slots=True)
class RecordWish:
    """`wished`: by email; `made`: it is on its way or was sent."""

    wished: bool
    made: bool


async def read_record_wish(db: Database, visitor: Visitor, booking_id: int) -> RecordWish:
    """Raises NotFound."""
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        wishes = await wishes_of(connection, view.booking.id)
    me = visitor.person.id
    return RecordWish(me in wishes, wishes.get(me) is not None)
