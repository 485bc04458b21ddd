"""Personal links, and the visits that they open."""

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import DomainError, TooManyTries
from server.people.rules.browsers import UNKNOWN, BrowserName
from server.people.rules.errors import LinkNotFound, TooManyWrongLinks
from server.people.rules.links import LASTS, ONE_TIME, PAGES, Link, Purpose, csrf_of, new_secret, secret_hash
from server.people.rules.rate_limits import WRONG_LINKS, Counted, RateLimit
from server.people.rules.visitors import Visitor
from server.people.store import links, rate_limits


@dataclass(frozen=True, slots=True)
class VisitStart:
    """`token` is the visit's secret for the cookie; `path` the page that the link leads to."""

    token: str
    path: str


class OneTimeLink:
    """The link is good, and is used up by a form: what opens addresses by itself must not do that."""


async def make_link(
    connection: AsyncConnection,
    now: datetime,
    *,
    person_id: int,
    purpose: Purpose,
    path: str,
    catchup_id: int | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new link's secret, good as long as its purpose asks for, unless `expires_at` is given.

    It cannot be read again later: only its hash is stored.
    """
    secret = new_secret(os.urandom)
    await links.add_link(
        connection,
        person_id=person_id,
        purpose=purpose,
        catchup_id=catchup_id,
        path=path,
        secret_hash=secret_hash(secret),
        now=now,
        expires_at=expires_at or now + LASTS[purpose],
    )
    return secret


async def open_link(
    db: Database,
    secret: str,
    visit_token: str | None,
    now: datetime,
    caller: Counted | None = None,
    browser: BrowserName = UNKNOWN,
) -> VisitStart | OneTimeLink:
    """Opens the link in the visit of `visit_token` if that is the same person's, else in a new visit of this browser.

    Decides nothing: mail scanners open links too. Raises LinkNotFound for unknown, expired and revoked alike, and
    TooManyWrongLinks when too many of those came from the same `caller`.
    """
    async with db.writing() as connection:
        link = await find_good_link(connection, secret, PAGES, now)
        if link is not None:
            if link.purpose in ONE_TIME:
                return OneTimeLink()
            return VisitStart(await _visit(connection, link, visit_token, browser, now), link.path)
    raise await count_wrong_link(db, WRONG_LINKS, caller, now)


async def find_good_link(
    connection: AsyncConnection, secret: str, purposes: Collection[Purpose], now: datetime
) -> Link | None:
    """The link if it is good and for one of these purposes."""
    link = await links.find_link(connection, secret_hash(secret))
    return link if link and link.opens(now) and link.purpose in purposes else None


async def count_wrong_link(db: Database, limit: RateLimit, caller: Counted | None, now: datetime) -> DomainError:
    """Counts a link that is not good against the caller, if one is known: LinkNotFound or TooManyWrongLinks, to raise.

    A secret of 256 bits cannot be guessed: the limit only slows down who tries, and never keeps a good link shut.
    """
    if caller is not None:
        try:
            async with db.writing() as connection:
                await rate_limits.take_token(connection, limit, caller, now)
        except TooManyTries as error:
            return TooManyWrongLinks(error.again_at)
    return LinkNotFound()


async def _visit(
    connection: AsyncConnection, link: Link, visit_token: str | None, browser: BrowserName, now: datetime
) -> str:
    """Opens the link in a visit: returns the visit's token."""
    visitor = None
    if visit_token is not None:
        visitor = await links.find_visitor(connection, secret_hash(visit_token), csrf_of(visit_token), now)
    if visitor is not None and visit_token is not None and visitor.person.id == link.person_id:
        token, visit_id = visit_token, visitor.visit_id
    else:
        token = secrets.token_urlsafe(32)
        visit_id = await links.add_visit(connection, link.person_id, secret_hash(token), browser, now)
    await links.open_in_visit(connection, visit_id, link.id, now)
    return token


async def revoke_link(db: Database, secret: str, now: datetime) -> None:
    """Ends a link, and with it the visits that it alone opened. Raises LinkNotFound."""
    async with db.writing() as connection:
        if not await links.revoke_link(connection, secret_hash(secret), now):
            raise LinkNotFound


async def end_any_link(db: Database, link_id: int, now: datetime) -> None:
    """Ends the link with this id, and with it the visits that it alone opened, without a check of access."""
    async with db.writing() as connection:
        await links.revoke_any_link(connection, link_id, now)


async def find_visitor(db: Database, token: str, now: datetime) -> Visitor | None:
    """The visitor with this cookie; None when it is unknown or too old, or when none of its links is good any more."""
    async with db.reading() as connection:
        return await links.find_visitor(connection, secret_hash(token), csrf_of(token), now)


async def end_visit(db: Database, visitor: Visitor) -> None:
    async with db.writing() as connection:
        await links.end_visit(connection, visitor.visit_id)
        note_change(connection, Topic("person", visitor.person.id))


async def note_seen(db: Database, visitor: Visitor, now: datetime) -> None:
    """Keeps that this visit was used now."""
    async with db.writing() as connection:
        await links.note_seen(connection, visitor.visit_id, now)


async def forget_visits(db: Database, now: datetime) -> int:
    """Deletes the visits that are too old; returns how many."""
    async with db.writing() as connection:
        return await links.forget_visits(connection, now)


async def forget_tries(db: Database, now: datetime) -> int:
    """Deletes the tries that no rate limit counts any more; returns of how many people or addresses."""
    async with db.writing() as connection:
        return await rate_limits.forget_full_buckets(connection, now)
