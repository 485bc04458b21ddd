"""Signing in to everything that a person's account and mentorships open, by a link that works once."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.people.actions.links import VisitStart, count_wrong_link, find_good_link
from server.people.rules.audit import Act, actor_of
from server.people.rules.browsers import UNKNOWN, BrowserName
from server.people.rules.links import LASTS, ONE_TIME, Purpose, csrf_of, secret_hash
from server.people.rules.rate_limits import WRONG_LINKS, Counted
from server.people.store import links
from server.people.store.accounts import find_account_of
from server.people.store.audit import record
from server.people.store.people import has_mentorship


async def use_one_time_link(
    db: Database,
    secret: str,
    visit_token: str | None,
    now: datetime,
    caller: Counted | None = None,
    browser: BrowserName = UNKNOWN,
) -> VisitStart:
    """Signs in whose link this is, to the admin's pages and to their own. The link opens nothing more after that.

    Raises LinkNotFound for unknown, used, expired and revoked alike, and TooManyWrongLinks.
    """
    async with db.writing() as connection:
        link = await find_good_link(connection, secret, ONE_TIME, now)
        account = await find_account_of(connection, link.person_id) if link else None
        if link and account and await links.spend_link(connection, secret_hash(secret), now, now + LASTS[link.purpose]):
            token, visit_id = await begin_visit(connection, link.person_id, visit_token, browser, now)
            await links.open_in_visit(connection, visit_id, link.id, now)
            await record(connection, actor_of(account), Act.SIGNED_IN, now)
            return VisitStart(token, link.path)
    raise await count_wrong_link(db, WRONG_LINKS, caller, now)


async def begin_visit(
    connection: AsyncConnection, person_id: int, visit_token: str | None, browser: BrowserName, now: datetime
) -> tuple[str, int]:
    """A visit that opens the person's home if they have a mentorship; its token, which is new, and its id.

    A visit of theirs in this browser goes on under the new token: calls that it is in go on too.
    """
    visitor = None
    if visit_token is not None:
        visitor = await links.find_visitor(connection, secret_hash(visit_token), csrf_of(visit_token), now)
    token = secrets.token_urlsafe(32)
    if visitor is not None and visitor.person.id == person_id:
        visit_id = visitor.visit_id
        await links.renew_token(connection, visit_id, secret_hash(token))
    else:
        visit_id = await links.add_visit(connection, person_id, secret_hash(token), browser, now)
    if await has_mentorship(connection, person_id):
        await open_purpose(connection, visit_id, person_id, Purpose.HOME, now)
    return token, visit_id


async def open_purpose(
    connection: AsyncConnection, visit_id: int, person_id: int, purpose: Purpose, now: datetime
) -> None:
    """Lets the visit open pages without a link that anybody has."""
    link_id = await links.add_link(
        connection,
        person_id=person_id,
        purpose=purpose,
        catchup_id=None,
        path="/",
        secret_hash=None,
        now=now,
        expires_at=now + LASTS[purpose],
    )
    await links.open_in_visit(connection, visit_id, link_id, now)
