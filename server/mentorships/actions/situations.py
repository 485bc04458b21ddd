"""Saying how things are with oneself, to the other of a mentorship."""

from datetime import datetime, timedelta

from server.db.database import Database
from server.i18n.local_time import day_in
from server.mentorships.rules.situations import checked_situation
from server.mentorships.store.situations import forget_situations, set_situation
from server.people.rules.visitors import Visitor
from server.people.store.people import lock_mentorship_of
from server.room.sealing import Sealer

# Until then the day is over in every zone.
ANYWHERE = timedelta(days=1)


async def keep_situation(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, text: str, until: str, now: datetime
) -> None:
    """In place of the one before; an empty text takes it away. Raises NotFound or InvalidInput."""
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        situation = checked_situation(text, until, day_in(visitor.person.zone, now))
        await set_situation(connection, sealer, mentorship.id, visitor.person.id, situation)


async def forget_past_situations(db: Database, now: datetime) -> None:
    """Deletes what nobody is shown any more."""
    async with db.writing() as connection:
        await forget_situations(connection, (now - ANYWHERE).date())
