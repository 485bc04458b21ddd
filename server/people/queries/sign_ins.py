"""Where a person is signed in, and which of their links live."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.tables import catchups, links, mentorships, people, visit_links, visits
from server.people.rules.browsers import BrowserName
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor

PAGE_LINKS = 20


@dataclass(frozen=True, slots=True)
class VisitRow:
    """`here`: it is the visit that looks at the page."""

    id: int
    name: BrowserName
    began_at: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class LinkRow:
    """`other_name` is with whom the catch-up is that it opens; None for other purposes."""

    id: int
    purpose: Purpose
    other_name: str | None
    made_at: datetime
    opened_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignInsPage:
    """This visit first, then the one used last; links newest first. `older` is the id that the next page's links come
    before, None on the last page."""

    visits: tuple[VisitRow, ...]
    links: tuple[LinkRow, ...]
    older: int | None


async def read_sign_ins_page(db: Database, visitor: Visitor, now: datetime, before: int | None = None) -> SignInsPage:
    """The visitor's visits, and their links, or those before the one with that id."""
    async with db.reading() as connection:
        found = await _links(connection, visitor, now, before)
        rows = found[:PAGE_LINKS]
        return SignInsPage(
            visits=await _visits(connection, visitor, now),
            links=rows,
            older=rows[-1].id if len(found) > PAGE_LINKS else None,
        )


async def _visits(connection: AsyncConnection, visitor: Visitor, now: datetime) -> tuple[VisitRow, ...]:
    """Those that a good link opened: the others are over."""
    opened = (
        select(visit_links.c.visit_id)
        .join(links, links.c.id == visit_links.c.link_id)
        .where(
            visit_links.c.visit_id == visits.c.id,
            links.c.person_id == visitor.person.id,
            links.c.expires_at > now,
            links.c.revoked_at.is_(None),
        )
    )
    here = visits.c.id == visitor.visit_id
    rows = await connection.execute(
        select(visits)
        .where(visits.c.person_id == visitor.person.id, visits.c.expires_at > now, opened.exists())
        .order_by(here.desc(), visits.c.seen_at.desc(), visits.c.id.desc())
    )
    return tuple(
        VisitRow(
            row.id, BrowserName(row.browser, row.system), row.began_at, row.seen_at, here=row.id == visitor.visit_id
        )
        for row in rows
    )


async def _links(
    connection: AsyncConnection, visitor: Visitor, now: datetime, before: int | None
) -> tuple[LinkRow, ...]:
    """One more than a page has. A link that nobody has is not among them: its visit is."""
    me = visitor.person.id
    other = case((mentorships.c.mentor_id == me, mentorships.c.mentee_id), else_=mentorships.c.mentor_id)
    live = (
        select(
            links.c.id,
            links.c.purpose,
            people.c.name,
            links.c.made_at,
            links.c.opened_at,
            links.c.expires_at,
        )
        .select_from(links)
        .outerjoin(catchups, catchups.c.id == links.c.catchup_id)
        .outerjoin(mentorships, mentorships.c.id == catchups.c.mentorship_id)
        .outerjoin(people, people.c.id == other)
        .where(
            links.c.person_id == me,
            links.c.expires_at > now,
            links.c.revoked_at.is_(None),
            links.c.secret_hash.is_not(None),
        )
        .order_by(links.c.id.desc())
        .limit(PAGE_LINKS + 1)
    )
    if before is not None:
        live = live.where(links.c.id < before)
    return tuple(
        LinkRow(row.id, Purpose(row.purpose), row.name, row.made_at, row.opened_at, row.expires_at)
        for row in await connection.execute(live)
    )
