"""Ending visits and links: one, all others, or everything that somebody has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.links import LASTS, Purpose
from server.people.rules.visitors import Visitor
from server.people.store import links
from server.people.store.people import find_person_by_email


@dataclass(frozen=True, slots=True)
class RevocationCounts:
    """How many of a person's links and visits ended."""

    links: int
    visits: int


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
    """Ends every visit and link of the person with this email address. Raises NotFound when there is none."""
    async with db.writing() as connection:
        person = await find_person_by_email(connection, email)
        if person is None:
            raise NotFound
        return RevocationCounts(
            links=await links.revoke_links_of(connection, person.id, now),
            visits=await links.end_visits_of(connection, person.id),
        )


async def _stay(connection: AsyncConnection, visitor: Visitor, now: datetime) -> None:
    """Keeps this visit open as far as it was, by links that nobody has, where those that opened it have ended."""
    left = {purpose for _, purpose, _ in await links.opened_in(connection, {visitor.visit_id}, now)}
    had = {Purpose.HOME: visitor.home, Purpose.ADMIN: visitor.admin}
    for purpose in (purpose for purpose, open_ in had.items() if open_ and purpose not in left):
        link_id = await links.add_link(
            connection,
            person_id=visitor.person.id,
            purpose=purpose,
            catchup_id=None,
            path="/",
            secret_hash=None,
            now=now,
            expires_at=now + LASTS[purpose],
        )
        await links.open_in_visit(connection, visitor.visit_id, link_id, now)
