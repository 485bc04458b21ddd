"""The audit log, as admins read it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.tables import accounts, api_tokens, audit_entries, audit_people, people
from server.people.rules.audit import AuditSubject
from server.people.store.audit import IS_ITS_TOKEN

PAGE_ENTRIES = 50
ACTORS = people.alias("actors")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`actor` is the name of the account's person, None for the command line and a token; `subject_name` that of the
    account or the token it was about; `people` are the names of those whose data it concerns. An `act` of another
    version is its bare name."""

    id: int
    at: datetime
    actor: str | None
    act: str
    subject: AuditSubject | None
    subject_name: str | None
    reason: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first. `older` is the id that the next page's entries come before, None on the last page."""

    entries: tuple[AuditRow, ...]
    older: int | None


async def read_audit_page(db: Database, before: int | None = None) -> AuditPage:
    wanted = entries_by_actor().order_by(audit_entries.c.id.desc()).limit(PAGE_ENTRIES + 1)
    if before is not None:
        wanted = wanted.where(audit_entries.c.id < before)
    async with db.reading() as connection:
        found = (await connection.execute(wanted)).all()
        rows = found[:PAGE_ENTRIES]
        whose = await _people(connection, [row.id for row in rows])
        about = await _accounts(connection, {row.subject_id for row in rows if row.subject_kind == "account"})
    entries = tuple(
        AuditRow(
            row.id,
            row.at,
            row.actor,
            row.act,
            AuditSubject(row.subject_kind, row.subject_id) if row.subject_kind else None,
            about.get(row.subject_id) if row.subject_kind == "account" else row.token,
            row.reason,
            tuple(whose[row.id]),
        )
        for row in rows
    )
    return AuditPage(entries, entries[-1].id if len(found) > PAGE_ENTRIES else None)


def entries_by_actor() -> "Select[tuple[object, ...]]":
    """Every entry, with the name of who acted as `actor`, and that of the token it is about as `token`."""
    return (
        select(audit_entries, ACTORS.c.name.label("actor"), api_tokens.c.name.label("token"))
        .outerjoin(api_tokens, IS_ITS_TOKEN)
        .outerjoin(accounts, accounts.c.id == audit_entries.c.account_id)
        .outerjoin(ACTORS, ACTORS.c.id == accounts.c.person_id)
    )


async def _people(connection: AsyncConnection, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = await connection.execute(
        select(audit_people.c.entry_id, people.c.name)
        .join(people, people.c.id == audit_people.c.person_id)
        .where(audit_people.c.entry_id.in_(ids))
        .order_by(people.c.name, people.c.id)
    )
    for row in rows:
        found[row.entry_id].append(row.name)
    return found


async def _accounts(connection: AsyncConnection, ids: set[int]) -> dict[int, str]:
    rows = await connection.execute(
        select(accounts.c.id, people.c.name)
        .join(people, people.c.id == accounts.c.person_id)
        .where(accounts.c.id.in_(sorted(ids)))
    )
    return {row.id: row.name for row in rows}
