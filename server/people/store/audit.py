"""The audit log. Entries are added and never changed: triggers in the database refuse it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import api_tokens, audit_entries, audit_people
from server.people.rules.audit import TOKEN, Act, Actor, AuditSubject, check_reason

# Joins an entry with the token of the API that it is about.
IS_ITS_TOKEN = and_(audit_entries.c.subject_kind == TOKEN, api_tokens.c.id == audit_entries.c.subject_id)


async def record(
    connection: AsyncConnection,
    actor: Actor,
    act: Act,
    now: datetime,
    *,
    people: Collection[int] = (),
    subject: AuditSubject | None = None,
    reason: str = "",
) -> int:
    """Adds an entry, in the transaction of what it is about. Returns its id.

    `people` are the ids of those whose data it concerns: they see the entry under 'Your data'. Raises InvalidInput
    about the field `reason` when the act needs one (see WITH_REASON).
    """
    entry = insert(audit_entries).values(
        at=now,
        account_id=actor.account_id,
        act=act.value,
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        reason=check_reason(act, reason),
    )
    entry_id = int((await connection.execute(entry.returning(audit_entries.c.id))).scalar_one())
    if people:
        rows = [{"entry_id": entry_id, "person_id": person_id} for person_id in sorted(set(people))]
        await connection.execute(insert(audit_people), rows)
    return entry_id
