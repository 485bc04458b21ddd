"""Making personal links, and exchanging them for a visit."""

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import LASTS, PAGES, Link, Purpose, csrf_of, new_secret, secret_hash
from server.people.rules.rate_limits import WRONG_LINKS, Allowance
from server.people.store import links
from server.people.store import rate_limits as allowances


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """`token` is the visit's secret for the cookie; `path` the page that the link leads to."""

    token: str
    path: str


async def make_link(
    connection: AsyncConnection,
    now: datetime,
    *,
    person_id: int,
    purpose: Purpose,
    path: str,
    catchup_id: int | None = None,
) -> str:
    """A new link's secret. It cannot be had again: only its hash is kept."""
    secret = new_secret(os.urandom)
    await links.add_link(
        connection,
        person_id=person_id,
        purpose=purpose,
        catchup_id=catchup_id,
        path=path,
        secret_hash=secret_hash(secret),
        now=now,
        expires_at=now + LASTS[purpose],
    )
    return secret


async def open_link(
    db: Database, secret: str, visit_token: str | None, now: datetime, caller: str | None = None
) -> OpenedLink:
    """Opens the link in the visit of `visit_token` when that is the same person's, else in a new visit.

    Decides nothing: mail scanners open links too. Raises LinkNotFound for unknown, expired and revoked alike, and
    TooManyTries when too many of those came from the same `caller`.
    """
    async with db.writing() as connection:
        link = await find_good_link(connection, secret, PAGES, now, WRONG_LINKS, caller)
        token = await _visit(connection, link, visit_token, now) if link else None
    # The wrong try is kept before it is told.
    if link is None or token is None:
        raise LinkNotFound
    return OpenedLink(token, link.path)


async def find_good_link(
    connection: AsyncConnection,
    secret: str,
    purposes: Collection[Purpose],
    now: datetime,
    allowance: Allowance,
    caller: str | None,
) -> Link | None:
    """The link, when it is good and for one of these purposes; each that is not counts against the caller's allowance.

    Raises TooManyTries, whether or not this one is good.
    """
    if caller is not None:
        await allowances.take(connection, allowance, caller, now)
    link = await links.find_link(connection, secret_hash(secret))
    if link is None or not link.opens(now) or link.purpose not in purposes:
        return None
    if caller is not None:
        await allowances.give_back(connection, allowance, caller, now)
    return link


async def _visit(connection: AsyncConnection, link: Link, visit_token: str | None, now: datetime) -> str:
    """Opens the link in a visit: returns the visit's token."""
    visitor = None
    if visit_token is not None:
        visitor = await links.find_visitor(connection, secret_hash(visit_token), csrf_of(visit_token), now)
    if visitor is not None and visit_token is not None and visitor.person.id == link.person_id:
        token, visit_id = visit_token, visitor.visit_id
    else:
        token = secrets.token_urlsafe(32)
        visit_id = await links.add_visit(connection, link.person_id, secret_hash(token), now)
    await links.open_in_visit(connection, visit_id, link.id, now)
    return token


async def revoke_link(db: Database, secret: str, now: datetime) -> None:
    """Ends a link, and with it the visits that rest on it. Raises LinkNotFound."""
    async with db.writing() as connection:
        if not await links.revoke_link(connection, secret_hash(secret), now):
            raise LinkNotFound


async def forget_tries(db: Database, now: datetime) -> int:
    """Forgets who tried what, once nothing follows from it any more; returns how many."""
    async with db.writing() as connection:
        return await allowances.forget_allowances(connection, now)
