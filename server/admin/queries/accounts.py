"""The accounts, and when each was seen last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from server.db.database import Database
from server.db.tables import accounts, links, people, visit_links, visits
from server.people.rules.accounts import Account, Role, reaches
from server.people.rules.links import Purpose
from server.people.store.contacts import any_emails


@dataclass(frozen=True, slots=True)
class AccountRow:
    """`email` is None where nobody reads it; `seen_at` is when a visit that opens the admin's pages was used last, None
    when there is none."""

    account: Account
    name: str
    email: str | None
    seen_at: datetime | None
    browsers: int


async def read_accounts(db: Database, now: datetime) -> tuple[AccountRow, ...]:
    """Admins first, then by name."""
    open_links = (
        select(visit_links.c.visit_id)
        .join(links, links.c.id == visit_links.c.link_id)
        .where(
            visit_links.c.visit_id == visits.c.id,
            links.c.purpose == Purpose.ADMIN.value,
            links.c.expires_at > now,
            links.c.revoked_at.is_(None),
        )
    )
    # Everybody has visits: only those of the few who have accounts are looked at.
    theirs = select(accounts.c.person_id).where(accounts.c.ended_at.is_(None))
    seen = (
        select(visits.c.person_id, func.max(visits.c.seen_at).label("seen_at"), func.count().label("browsers"))
        .where(visits.c.person_id.in_(theirs), visits.c.expires_at > now, open_links.exists())
        .group_by(visits.c.person_id)
        .subquery()
    )
    live = (
        select(accounts, people.c.name, seen.c.seen_at, seen.c.browsers)
        .join(people, people.c.id == accounts.c.person_id)
        .outerjoin(seen, seen.c.person_id == accounts.c.person_id)
        .where(accounts.c.ended_at.is_(None))
        .order_by(accounts.c.role, people.c.name, accounts.c.id)
    )
    async with db.reading() as connection:
        rows = (await connection.execute(live)).all()
        emails = await any_emails(connection, [row.person_id for row in rows])
    return tuple(
        AccountRow(
            Account(row.id, row.person_id, Role(row.role)),
            row.name,
            emails[row.person_id] if reaches(emails[row.person_id]) else None,
            row.seen_at,
            row.browsers or 0,
        )
        for row in rows
    )
