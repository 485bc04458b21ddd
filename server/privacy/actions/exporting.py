"""Keeping in the audit log that everything about a person was exported, and why."""

from datetime import datetime

from server.db.database import Database
from server.errors import InvalidInput, NotFound
from server.i18n.texts import N_
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.people.store.contacts import any_contact
from server.people.store.people import find_unmerged_person
from server.privacy.rules.mentions import mentions, names_of, with_parts


async def note_export(db: Database, visitor: Visitor, person_id: int, reason: str, now: datetime) -> None:
    """Call it before anything is handed out. Raises NotFound, or InvalidInput about the field `reason`: when there is
    none, or it names the person, because it stays when they are erased."""
    async with db.writing() as connection:
        person = await find_unmerged_person(connection, person_id)
        if person is None:
            raise NotFound
        email = (await any_contact(connection, person_id)).email
        if mentions(reason, with_parts(names_of(person.name, person.preferred_name, email))):
            raise InvalidInput("reason", N_("Please give the reason without naming the person: nobody can remove it."))
        subject = AuditSubject("person", person_id)
        await record(
            connection, acting(visitor), Act.EXPORTED, now, people=(person_id,), subject=subject, reason=reason
        )
