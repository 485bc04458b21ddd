"""Saves how many of their free times somebody shows the other of a mentorship."""

from server.availability.rules import Share
from server.availability.store import sharing
from server.db.database import Database
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.rules.visitors import Visitor
from server.people.store.people import mentorship_of_visitor


async def set_share(db: Database, visitor: Visitor, mentorship_id: int, chosen: str) -> None:
    """Raises NotFound where this is not the visitor's mentorship, also away from home, or InvalidInput about share."""
    async with db.writing() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        await sharing.set_share(connection, visitor.person.id, row.id, _share(chosen))


def _share(chosen: str) -> Share:
    try:
        return Share(chosen)
    except ValueError as error:
        raise InvalidInput("share", N_("Please choose how much you show.")) from error
