"""Personal links and visits. Only hashes of secrets are stored."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import accounts, links, people, visit_links, visits
from server.people.rules.accounts import Account, Role
from server.people.rules.browsers import BrowserName
from server.people.rules.links import VISIT_LASTS, Link, Purpose
from server.people.rules.visitors import Visitor
from server.people.store.people import person_of

# The visit has not ended, and neither has the link.
GOOD = and_(visits.c.expires_at > bindparam("now"), links.c.expires_at > bindparam("now"), links.c.revoked_at.is_(None))
# Each good link that a visit opened, with its visitor; the link opened last comes first.
OPENED_LINKS = (
    select(
        people,
        visits.c.id.label("visit_id"),
        visits.c.seen_at,
        links.c.id.label("link_id"),
        links.c.purpose,
        links.c.catchup_id,
        accounts.c.id.label("account_id"),
        accounts.c.role,
    )
    .select_from(visits)
    .join(people, people.c.id == visits.c.person_id)
    .join(visit_links, visit_links.c.visit_id == visits.c.id)
    .join(links, (links.c.id == visit_links.c.link_id) & (links.c.person_id == visits.c.person_id))
    .outerjoin(accounts, (accounts.c.person_id == visits.c.person_id) & accounts.c.ended_at.is_(None))
    .where(visits.c.token_hash == bindparam("token_hash"), GOOD)
    .order_by(visit_links.c.opened_at.desc(), links.c.id.desc())
)
LINK = select(links).where(links.c.secret_hash == bindparam("secret_hash"))
FEEDS = select(links.c.id).where(
    links.c.person_id == bindparam("person_id"),
    links.c.purpose == Purpose.FEED.value,
    links.c.revoked_at.is_(None),
    links.c.expires_at > bindparam("now"),
)
OPENED_IN = (
    select(visits.c.id, links.c.purpose, links.c.catchup_id)
    .join(visit_links, visit_links.c.visit_id == visits.c.id)
    .join(links, (links.c.id == visit_links.c.link_id) & (links.c.person_id == visits.c.person_id))
    .where(visits.c.id.in_(bindparam("ids", expanding=True)), GOOD)
)


async def add_link(
    connection: AsyncConnection,
    *,
    person_id: int,
    purpose: Purpose,
    catchup_id: int | None,
    path: str,
    secret_hash: str | None,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Without a `secret_hash` nobody has the link: it keeps a visit open."""
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
    row = (await connection.execute(LINK, {"secret_hash": secret_hash})).one_or_none()
    return _link_of(row) if row else None


async def revoke_link(connection: AsyncConnection, secret_hash: str, now: datetime) -> bool:
    """Whether there was such a link that was not revoked already."""
    result = await connection.execute(
        update(links).where(links.c.secret_hash == secret_hash, links.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return result.rowcount == 1


async def has_link(connection: AsyncConnection, person_id: int, purposes: Collection[Purpose], now: datetime) -> bool:
    """Whether this person has a good link of one of these purposes that somebody holds."""
    theirs = (
        links.c.person_id == person_id,
        links.c.purpose.in_([purpose.value for purpose in purposes]),
        links.c.expires_at > now,
        links.c.revoked_at.is_(None),
        links.c.secret_hash.is_not(None),
    )
    return (await connection.execute(select(links.c.id).where(*theirs).limit(1))).first() is not None


async def revoke_any_link(connection: AsyncConnection, link_id: int, now: datetime) -> None:
    await connection.execute(update(links).where(links.c.id == link_id).values(revoked_at=now))


async def revoke_link_of(connection: AsyncConnection, person_id: int, link_id: int, now: datetime) -> bool:
    """Whether this person had such a link that was not revoked already."""
    result = await connection.execute(
        update(links)
        .where(links.c.id == link_id, links.c.person_id == person_id, links.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return result.rowcount == 1


async def revoke_links_of(connection: AsyncConnection, person_id: int, now: datetime) -> int:
    """Ends every link of this person, the feed too; returns how many had not ended yet."""
    result = await connection.execute(
        update(links)
        .where(links.c.person_id == person_id, links.c.revoked_at.is_(None), links.c.expires_at > now)
        .values(revoked_at=now)
    )
    return int(result.rowcount)


async def revoke_feeds(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Ends every calendar feed of this person."""
    feeds = links.c.person_id == person_id, links.c.purpose == Purpose.FEED.value, links.c.revoked_at.is_(None)
    await connection.execute(update(links).where(*feeds).values(revoked_at=now))


async def has_feed(connection: AsyncConnection, person_id: int, now: datetime) -> bool:
    return (await connection.execute(FEEDS, {"person_id": person_id, "now": now})).first() is not None


async def spend_link(connection: AsyncConnection, secret_hash: str, now: datetime, expires_at: datetime) -> bool:
    """Takes the secret from a link: until `expires_at` it only keeps visits open. Whether it still had one."""
    result = await connection.execute(
        update(links)
        .where(links.c.secret_hash == secret_hash)
        .values(secret_hash=None, opened_at=now, expires_at=expires_at)
    )
    return result.rowcount == 1


async def revoke_purpose_of(connection: AsyncConnection, person_id: int, purpose: Purpose, now: datetime) -> None:
    """Ends this person's links of one purpose, used or not."""
    await connection.execute(
        update(links)
        .where(links.c.person_id == person_id, links.c.purpose == purpose.value, links.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def forget_link(connection: AsyncConnection, secret_hash: str) -> None:
    """Deletes a link that was never sent to anyone."""
    await connection.execute(delete(links).where(links.c.secret_hash == secret_hash))


async def add_visit(
    connection: AsyncConnection, person_id: int, token_hash: str, name: BrowserName, now: datetime
) -> int:
    result = await connection.execute(
        insert(visits)
        .values(
            person_id=person_id,
            token_hash=token_hash,
            browser=name.browser,
            system=name.system,
            began_at=now,
            seen_at=now,
            expires_at=now + VISIT_LASTS,
        )
        .returning(visits.c.id)
    )
    return int(result.scalar_one())


async def renew_token(connection: AsyncConnection, visit_id: int, token_hash: str) -> None:
    """Gives the visit another token: the one that it had opens nothing any more."""
    await connection.execute(update(visits).where(visits.c.id == visit_id).values(token_hash=token_hash))


async def note_seen(connection: AsyncConnection, visit_id: int, now: datetime) -> None:
    await connection.execute(update(visits).where(visits.c.id == visit_id).values(seen_at=now))


async def note_opened(connection: AsyncConnection, link_id: int, now: datetime) -> None:
    """Keeps when the link was opened first, and when its person opened one first."""
    await connection.execute(
        update(links).where(links.c.id == link_id, links.c.opened_at.is_(None)).values(opened_at=now)
    )
    owner = select(links.c.person_id).where(links.c.id == link_id).scalar_subquery()
    await connection.execute(
        update(people).where(people.c.id == owner, people.c.opened_at.is_(None)).values(opened_at=now)
    )


async def open_in_visit(connection: AsyncConnection, visit_id: int, link_id: int, now: datetime) -> None:
    """Notes that this visit opened the link, also when it did so before."""
    await connection.execute(
        delete(visit_links).where(visit_links.c.visit_id == visit_id, visit_links.c.link_id == link_id)
    )
    await connection.execute(insert(visit_links).values(visit_id=visit_id, link_id=link_id, opened_at=now))
    await note_opened(connection, link_id, now)


async def find_visitor(connection: AsyncConnection, token_hash: str, csrf: str, now: datetime) -> Visitor | None:
    """The visitor, by those links of this visit that are still good; None when none is."""
    rows = (await connection.execute(OPENED_LINKS, {"token_hash": token_hash, "now": now})).all()
    if not rows:
        return None
    account = None
    if rows[0].account_id is not None and any(row.purpose == Purpose.ADMIN for row in rows):
        account = Account(rows[0].account_id, rows[0].id, Role(rows[0].role))
    return Visitor(
        visit_id=rows[0].visit_id,
        person=person_of(rows[0]),
        link_id=rows[0].link_id,
        home=any(row.purpose == Purpose.HOME for row in rows),
        account=account,
        catchups=frozenset(row.catchup_id for row in rows if row.catchup_id is not None),
        csrf=csrf,
        seen_at=rows[0].seen_at,
    )


async def opened_in(
    connection: AsyncConnection, visit_ids: Collection[int], now: datetime
) -> frozenset[tuple[int, Purpose, int | None]]:
    """What these visits may open by links that are still good: visit, purpose and catch-up of each."""
    rows = await connection.execute(OPENED_IN, {"ids": list(visit_ids), "now": now})
    return frozenset((row.id, Purpose(row.purpose), row.catchup_id) for row in rows)


async def end_visit(connection: AsyncConnection, visit_id: int) -> None:
    await connection.execute(delete(visit_links).where(visit_links.c.visit_id == visit_id))
    await connection.execute(delete(visits).where(visits.c.id == visit_id))


async def end_visit_of(connection: AsyncConnection, person_id: int, visit_id: int) -> bool:
    """Whether this person had such a visit."""
    theirs = select(visits.c.id).where(visits.c.id == visit_id, visits.c.person_id == person_id)
    if (await connection.execute(theirs)).first() is None:
        return False
    await end_visit(connection, visit_id)
    return True


async def end_visits_of(connection: AsyncConnection, person_id: int, but: int | None = None) -> int:
    """Ends every visit of this person, `but` one; returns how many."""
    theirs = visits.c.person_id == person_id
    if but is not None:
        theirs &= visits.c.id != but
    await connection.execute(delete(visit_links).where(visit_links.c.visit_id.in_(select(visits.c.id).where(theirs))))
    result = await connection.execute(delete(visits).where(theirs))
    return int(result.rowcount)


async def forget_visits(connection: AsyncConnection, now: datetime) -> int:
    """Deletes the visits that have expired; returns how many."""
    old = select(visits.c.id).where(visits.c.expires_at <= now)
    await connection.execute(delete(visit_links).where(visit_links.c.visit_id.in_(old)))
    result = await connection.execute(delete(visits).where(visits.c.expires_at <= now))
    return int(result.rowcount)


def _link_of(row: Row[Any]) -> Link:
    return Link(
        row.id,
        row.person_id,
        Purpose(row.purpose),
        row.catchup_id,
        row.path,
        row.expires_at,
        row.opened_at,
        row.revoked_at,
    )
