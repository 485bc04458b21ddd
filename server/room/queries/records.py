"""Whether the reader wishes the record of what was agreed, and whether it was made."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from server.room.store.records import wishes_of


@dataclass(frozen=True, slots=True)
class RecordWish:
    """`wished`: by email; `made`: it is on its way or was sent."""

    wished: bool
    made: bool


async def record_wish(connection: AsyncConnection, booking_id: int, reader_id: int) -> RecordWish:
    """For one of the booking's two people."""
    wishes = await wishes_of(connection, booking_id)
    return RecordWish(reader_id in wishes, wishes.get(reader_id) is not None)
