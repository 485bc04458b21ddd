"""Putting a guide away for good, and bringing all of them back."""

from server.db.database import Database
from server.mentorships.rules.guides import Guide
from server.mentorships.store.guides import dismiss, read_dismissed, show_all
from server.people.rules.visitors import Visitor
from server.people.store.people import lock_people


async def dismiss_guide(db: Database, visitor: Visitor, guide: Guide) -> None:
    """The visitor does not see it again, in any mentorship."""
    async with db.writing() as connection:
        await lock_people(connection, (visitor.person.id,))
        if guide not in await read_dismissed(connection, visitor.person.id):
            await dismiss(connection, visitor.person.id, guide)


async def show_guides(db: Database, visitor: Visitor) -> None:
    """The visitor sees all of them again where they help."""
    async with db.writing() as connection:
        await show_all(connection, visitor.person.id)
