"""How things are with the other, for the pages of offers, bookings and calls."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.i18n.local_time import day_in
from server.mentorships.rules.situations import Situation
from server.mentorships.store.situations import read_situations
from server.people.rules.people import Person
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer


async def situation_of(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, person: Person, now: datetime
) -> Situation | None:
    """That of this person in the mentorship, to the other of the two; None when there is none, or it cannot be read."""
    today = day_in(person.zone, now)
    try:
        return (await read_situations(connection, sealer, mentorship_id, today)).get(person.id)
    except UnreadableContent:
        return None
