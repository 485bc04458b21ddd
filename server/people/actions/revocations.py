"""Ending visits and links: one, all others, or everything that somebody has."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.sign_in import open_purpose
from server.people.rules.audit import COMMAND_LINE, Act
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from server.people.store import links
from server.people.store.accounts import account_people
from server.people.store.audit import record
from server.people.store.passkeys import remove_all_passkeys
from server.people.store.people import find_person_by_email


@dataclass(frozen=True, slots=True)
class RevocationCounts:
    """How many of a person's links, visits and passkeys ended."""

    links: int
    visits: int
    passkeys: int = 0


async def end_visit_of(db: Database, visitor: Visitor, visit_id: int) -> None:
    """Ends another visit of the visitor's, or this one. Raises NotFound."""
    async with db.writing() as connection:
        if not await links.end_visit_of(connection, visitor.person.id, visit_id):
            raise NotFound
        note_change(connection, Topic("person", visitor.person.id))


async def end_link_of(db: Database, visitor: Visitor, link_id: int, now: datetime) -> None:
    """Ends a link of the visitor's, and the visits that it alone opened, but not this one. Raises NotFound."""
    async with db.writing() as connection:
        if not await links.revoke_link_of(connection, visitor.person.id, link_id, now):
            raise NotFound
        note_change(connection, Topic("person", visitor.person.id))
        await _stay(connection, visitor, now)


async def end_all_others(db: Database, visitor: Visitor, now: datetime) -> None:
    """Ends every other visit of the visitor's, and every link, those of feeds too. This visit goes on."""
    async with db.writing() as connection:
        note_change(connection, Topic("person", visitor.person.id))
        await links.end_visits_of(connection, visitor.person.id, but=visitor.visit_id)
        await links.revoke_links_of(connection, visitor.person.id, now)
        await _stay(connection, visitor, now)


async def end_everything(db: Database, email: str, now: datetime) -> RevocationCounts:
    """Ends every visit, link and passkey of the person with this email address, from the command line.

    Raises NotFound when there is none.
    """
    async with db.writing() as connection:
        person = await find_person_by_email(connection, email)
        if person is None:
            raise NotFound
        return await _end_everything_of(connection, (person.id,), now)


async def end_all_accounts_visits(db: Database, now: datetime) -> RevocationCounts:
    """Ends every visit, link and passkey of those who have an account, from the command line."""
    async with db.writing() as connection:
        return await _end_everything_of(connection, await account_people(connection), now)


async def _end_everything_of(connection: AsyncConnection, ids: Collection[int], now: datetime) -> RevocationCounts:
    await record(connection, COMMAND_LINE, Act.REVOKED_LINKS, now, people=ids)
    return RevocationCounts(
        links=sum([await links.revoke_links_of(connection, person_id, now) for person_id in ids]),
        visits=sum([await links.end_visits_of(connection, person_id) for person_id in ids]),
        passkeys=sum([await remove_all_passkeys(connection, person_id) for person_id in ids]),
    )


async def _stay(connection: AsyncConnection, visitor: Visitor, now: datetime) -> None:
    """Keeps this visit open as far as it was, by links that nobody has, where those that opened it have ended."""
    left = {purpose for _, purpose, _ in await links.opened_in(connection, {visitor.visit_id}, now)}
    had = {Purpose.HOME: visitor.home, Purpose.ADMIN: visitor.account is not None}
    for purpose in (purpose for purpose, open_ in had.items() if open_ and purpose not in left):
        await open_purpose(connection, visitor.visit_id, visitor.person.id, purpose, now)
