"""Who of those who run the scheme looked at a person's data, changed or exported it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.tables import accounts, api_tokens, audit_entries, audit_people, people
from server.people.rules.visitors import Visitor
from server.people.store.audit import IS_ITS_TOKEN
from server.people.store.merged import is_of

PAGE_LOOKS = 50
LOOKS_AT = (
    select(
        audit_entries.c.id,
        audit_entries.c.at,
        people.c.name,
        audit_entries.c.act,
        audit_entries.c.reason,
        api_tokens.c.name.label("token"),
    )
    .select_from(audit_entries)
    .outerjoin(accounts, accounts.c.id == audit_entries.c.account_id)
    .outerjoin(people, people.c.id == accounts.c.person_id)
    .outerjoin(api_tokens, IS_ITS_TOKEN)
    .where(
        audit_entries.c.id.in_(
            select(audit_people.c.entry_id).where(is_of(audit_people.c.person_id, bindparam("person_id")))
        )
    )
    .order_by(audit_entries.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class LookRow:
    """`actor` is the name of who acted, None for the command line, the server itself, and a system of the scheme's, of
    which `token` is the name; `reason` is why, empty when they were not asked."""

    id: int
    at: datetime
    actor: str | None
    act: str
    reason: str
    token: str | None


@dataclass(frozen=True, slots=True)
class LooksPage:
    """Newest first. `older` is the id that the next page's looks come before, None on the last page."""

    looks: tuple[LookRow, ...]
    older: int | None


async def read_looks_page(db: Database, visitor: Visitor, before: int | None = None) -> LooksPage:
    """What concerns this visitor's data alone or together with others', without those others' names."""
    about_me = LOOKS_AT.limit(PAGE_LOOKS + 1)
    if before is not None:
        about_me = about_me.where(audit_entries.c.id < before)
    async with db.reading() as connection:
        found = [LookRow(*row) for row in await connection.execute(about_me, {"person_id": visitor.person.id})]
    looks = tuple(found[:PAGE_LOOKS])
    return LooksPage(looks, looks[-1].id if len(found) > PAGE_LOOKS else None)


async def all_looks_at(connection: AsyncConnection, person_id: int) -> tuple[LookRow, ...]:
    """Newest first."""
    return tuple(LookRow(*row) for row in await connection.execute(LOOKS_AT, {"person_id": person_id}))
