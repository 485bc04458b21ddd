"""Catch-ups: the thread of offers and the booking they become; and the door to each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, insert, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.people import Mentorship, Person
from server.domain.visitors import Visitor
from server.storage.tables import catchups, mentorships, people

mentors = people.alias("mentors")
mentees = people.alias("mentees")


def open_to(visitor: Visitor) -> ColumnElement[bool]:
    """The door to everything in a catch-up: the person takes part in it, and a link opened in this visit reaches it.

    For selects that join `catchups` and `mentorships`.
    """
    takes_part = or_(mentorships.c.mentor_id == visitor.person.id, mentorships.c.mentee_id == visitor.person.id)
    reached = true() if visitor.home else catchups.c.id.in_(visitor.catchups)
    return and_(takes_part, reached)


async def add_catchup(connection: AsyncConnection, mentorship_id: int, now: datetime) -> int:
    result = await connection.execute(
        insert(catchups).values(mentorship_id=mentorship_id, began_at=now).returning(catchups.c.id)
    )
    return int(result.scalar_one())


async def mentorship_of(connection: AsyncConnection, catchup_id: int) -> Mentorship:
    row = (
        await connection.execute(
            select(mentorships).join(catchups).where(catchups.c.id == catchup_id),
        )
    ).one()
    return Mentorship(row.id, row.mentor_id, row.mentee_id)


def with_both(*columns: Any) -> Select[Any]:
    """A select of `columns` and both people's, to be continued with its `select_from`."""
    return select(*columns, *_labelled("mentor", mentors), *_labelled("mentee", mentees))


def _labelled(prefix: str, alias: Any) -> list[Any]:
    return [alias.c[name].label(f"{prefix}_{name}") for name in PERSON_COLUMNS]


def person_from(row: Row[Any], prefix: str) -> Person:
    return Person(*(getattr(row, f"{prefix}_{name}") for name in PERSON_COLUMNS))


PERSON_COLUMNS = ("id", "name", "email", "phone", "zone", "language", "needs")
