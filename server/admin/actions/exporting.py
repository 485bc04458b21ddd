"""Keeping in the audit log that the session history was exported, why, and whose data it was."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.history import HistoryFilter
from server.admin.store.history import note_people, scope_of
from server.db.database import Database
from server.db.tables import mentorships, people
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.people.actions.audit import acting
from server.people.rules.audit import Act
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.privacy.rules.mentions import mentions, names_of, with_parts


async def note_history_export(
    db: Database, visitor: Visitor, wanted: HistoryFilter, reason: str, now: datetime
) -> None:
    """Call it before anything is handed out. Raises InvalidInput about the field `reason`: when there is none, or it
    names those whom the filter is about, because it stays when they are erased."""
    async with db.writing() as connection:
        if mentions(reason, await _names(connection, wanted)):
            raise InvalidInput("reason", N_("Please give the reason without naming the person: nobody can remove it."))
        entry_id = await record(connection, acting(visitor), Act.EXPORTED_HISTORY, now, reason=reason)
        await connection.execute(note_people(await scope_of(connection, wanted), entry_id))


async def _names(connection: AsyncConnection, wanted: HistoryFilter) -> frozenset[str]:
    """The names of the person or the pair that the filter is about."""
    theirs = select(people.c.name, people.c.preferred_name)
    asked = []
    if wanted.person_id is not None:
        asked.append(theirs.where(people.c.id == wanted.person_id))
    if wanted.mentorship_id is not None:
        for who in (mentorships.c.mentor_id, mentorships.c.mentee_id):
            asked.append(theirs.join(mentorships, who == people.c.id).where(mentorships.c.id == wanted.mentorship_id))
    found: set[str] = set()
    for statement in asked:
        for row in await connection.execute(statement):
            found |= names_of(row.name, row.preferred_name, "")
    return with_parts(found)
