"""What a call's page shows besides the call: how things are with the other, and the wish for the record."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.store.bookings import BookingView
from server.db.database import Database
from server.mentorships.queries.situations import situation_of
from server.mentorships.rules.situations import Situation
from server.room.queries.records import RecordWish, record_wish
from server.room.sealing import Sealer


@dataclass(frozen=True, slots=True)
class LobbyPart:
    """`situation` is that of the other."""

    situation: Situation | None
    record: RecordWish


async def read_lobby(db: Database, sealer: Sealer, view: BookingView, reader_id: int, now: datetime) -> LobbyPart:
    """For one of the booking's two people."""
    async with db.reading() as connection:
        return LobbyPart(
            situation=await situation_of(connection, sealer, view.mentorship_id, view.other(reader_id), now),
            record=await record_wish(connection, view.booking.id, reader_id),
        )
