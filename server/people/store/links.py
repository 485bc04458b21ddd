"""Personal links and visits. Only hashes of secrets are stored."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import links, people, visit_links, visits
from server.people.rules.links import VISIT_LASTS, Link, Purpose
from server.people.rules.visitors import Visitor
from server.people.store.people import person_of

# Each link that a visit opened, with its visitor; the link opened last comes first.
OPENED_LINKS = (
    select(
        people,
        visits.c.id.label("visit_id"),
        links.c.id.label("link_id"),
        links.c.purpose,
        links.c.catchup_id,
    )
    .select_from(visits)
    .join(people, people.c.id == visits.c.person_id)
    .join(visit_links, visit_links.c.visit_id == visits.c.id)
    .join(links, (links.c.id == visit_links.c.link_id) & (links.c.person_id == visits.c.person_id))
    .order_by(visit_links.c.opened_at.desc(), links.c.id.desc())
)


async def add_link(
    connection: AsyncConnection,
    *,
    person_id: int,
    purpose: Purpose,
    catchup_id: int | None,
    path: str,
    secret_hash: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    result = await connection.execute(
        insert(links)
        .values(
            person_id=person_id,
            purpose=purpose.value,
            catchup_id=catchup_id,
            path=path,
            secret_hash=secret_hash,
            made_at=now,
            expires_at=expires_at,
        )
        .returning(links.c.id)
    )
    return int(result.scalar_one())


async def find_link(connection: AsyncConnection, secret_hash: str) -> Link | None:
    row = (await connection.execute(select(links).where(links.c.secret_hash == secret_hash))).one_or_none()
    return _link_of(row) if row else None


async def revoke_link(connection: AsyncConnection, secret_hash: str, now: datetime) -> bool:
    """Whether there was such a link that was not revoked already."""
    result = await connection.execute(
        update(links).where(links.c.secret_hash == secret_hash, links.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return result.rowcount == 1


async def revoke_feeds(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Ends every calendar feed of this person."""
    await connection.execute(update(links).where(*_feeds(person_id)).values(revoked_at=now))


async def has_feed(connection: AsyncConnection, person_id: int, now: datetime) -> bool:
    found = await connection.execute(select(links.c.id).where(*_feeds(person_id), links.c.expires_at > now))
    return found.first() is not None


def _feeds(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return links.c.person_id == person_id, links.c.purpose == Purpose.FEED.value, links.c.revoked_at.is_(None)


async def forget_link(connection: AsyncConnection, secret_hash: str) -> None:
    """Deletes a link that was never sent to anyone."""
    await connection.execute(delete(links).where(links.c.secret_hash == secret_hash))


async def add_visit(connection: AsyncConnection, person_id: int, token_hash: str, now: datetime) -> int:
    result = await connection.execute(
        insert(visits)
        .values(person_id=person_id, token_hash=token_hash, began_at=now, expires_at=now + VISIT_LASTS)
        .returning(visits.c.id)
    )
    return int(result.scalar_one())


async def open_in_visit(connection: AsyncConnection, visit_id: int, link_id: int, now: datetime) -> None:
    """Notes that this visit opened the link, also when it did so before."""
    await connection.execute(
        delete(visit_links).where(visit_links.c.visit_id == visit_id, visit_links.c.link_id == link_id)
    )
    await connection.execute(insert(visit_links).values(visit_id=visit_id, link_id=link_id, opened_at=now))


async def find_visitor(connection: AsyncConnection, token_hash: str, csrf: str, now: datetime) -> Visitor | None:
    """The visitor, by those links of this visit that are still good; None when none is."""
    rows = (await connection.execute(OPENED_LINKS.where(visits.c.token_hash == token_hash, *_good(now)))).all()
    if not rows:
        return None
    return Visitor(
        visit_id=rows[0].visit_id,
        person=person_of(rows[0]),
        link_id=rows[0].link_id,
        home=any(row.purpose == Purpose.HOME for row in rows),
        admin=any(row.purpose == Purpose.ADMIN for row in rows),
        catchups=frozenset(row.catchup_id for row in rows if row.catchup_id is not None),
        csrf=csrf,
    )


async def good_visits(connection: AsyncConnection, ids: Collection[int], now: datetime) -> frozenset[int]:
    """Those of these visits that still have a good link."""
    rows = await connection.execute(
        select(visits.c.id)
        .join(visit_links, visit_links.c.visit_id == visits.c.id)
        .join(links, (links.c.id == visit_links.c.link_id) & (links.c.person_id == visits.c.person_id))
        .where(visits.c.id.in_(list(ids)), *_good(now))
        .distinct()
    )
    return frozenset(rows.scalars())


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: the visit has not ended, and neither has the link."""
    return visits.c.expires_at > now, links.c.expires_at > now, links.c.revoked_at.is_(None)


async def end_visit(connection: AsyncConnection, visit_id: int) -> None:
    await connection.execute(delete(visit_links).where(visit_links.c.visit_id == visit_id))
    await connection.execute(delete(visits).where(visits.c.id == visit_id))


async def forget_visits(connection: AsyncConnection, now: datetime) -> int:
    """Deletes the visits that have expired; returns how many."""
    old = select(visits.c.id).where(visits.c.expires_at <= now)
    await connection.execute(delete(visit_links).where(visit_links.c.visit_id.in_(old)))
    result = await connection.execute(delete(visits).where(visits.c.expires_at <= now))
    return int(result.rowcount)


def _link_of(row: Row[Any]) -> Link:
    return Link(row.id, row.person_id, Purpose(row.purpose), row.catchup_id, row.path, row.expires_at, row.revoked_at)
