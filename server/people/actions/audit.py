"""Keeping in the audit log that somebody looked at the data of people."""

from collections.abc import Collection
from datetime import datetime

from server.db.database import Database
from server.people.rules.audit import Act, Actor, AuditSubject, actor_of
from server.people.rules.visitors import Visitor, check_account
from server.people.store.audit import record


def acting(visitor: Visitor) -> Actor:
    """Who acts in this visit. Raises NotFound when it is nobody who runs the scheme."""
    return actor_of(check_account(visitor))


async def note_act(
    db: Database,
    visitor: Visitor,
    act: Act,
    now: datetime,
    *,
    people: Collection[int] = (),
    subject: AuditSubject | None = None,
    reason: str = "",
) -> None:
    """Adds an entry of its own, for what changes nothing: a look, or an export. Call it before anything is shown.

    Raises what `record` does.
    """
    async with db.writing() as connection:
        await record(connection, acting(visitor), act, now, people=people, subject=subject, reason=reason)
