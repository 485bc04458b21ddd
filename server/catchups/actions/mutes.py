"""Wanting no emails about new offers of the other person; who offers is not told."""

from datetime import datetime

from server.catchups.store import catchups, mutes
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.people.store import people


async def mute(db: Database, visitor: Visitor, catchup_id: int, now: datetime) -> None:
    """From now on new offers in the mentorship of this catch-up bring the visitor no emails. Raises NotFound.

    They are on the visitor's pages all the same, and emails about what is agreed still come.
    """
    async with db.writing() as connection:
        mentorship_id = await catchups.lock_mentorship_in(connection, visitor, catchup_id)
        await mutes.set_mute(connection, mentorship_id, visitor.person.id, now)


async def unmute(db: Database, visitor: Visitor, catchup_id: int) -> None:
    """New offers bring emails again. Raises NotFound."""
    async with db.writing() as connection:
        mentorship_id = await catchups.lock_mentorship_in(connection, visitor, catchup_id)
        await mutes.end_mute(connection, mentorship_id, visitor.person.id)


async def unmute_at_home(db: Database, visitor: Visitor, mentorship_id: int) -> None:
    """New offers in this mentorship bring emails again. Raises NotFound away from home."""
    async with db.writing() as connection:
        mentorship = await people.lock_mentorship_of(connection, visitor, mentorship_id)
        await mutes.end_mute(connection, mentorship.id, visitor.person.id)
