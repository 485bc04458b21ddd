"""Catch-ups: the thread of offers and the booking they become; and who may open each."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    insert,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import catchups, mentorships, people
from server.errors import NotFound
from server.people.rules.people import Mentorship, Person
from server.people.rules.visitors import Visitor

mentors = people.alias("mentors")
mentees = people.alias("mentees")


# Who may open anything in a catch-up: the visitor takes part in it, and a link opened in this visit reaches it.
# For selects that join `catchups` and `mentorships`; they are run with the parameters of `as_visitor`.
OPEN_TO_VISITOR = and_(
    or_(mentorships.c.mentor_id == bindparam("me"), mentorships.c.mentee_id == bindparam("me")),
    or_(bindparam("home", type_=Boolean), catchups.c.id.in_(bindparam("reached", expanding=True))),
)


def as_visitor(visitor: Visitor) -> dict[str, object]:
    """The parameters of OPEN_TO_VISITOR."""
    return {"me": visitor.person.id, "home": visitor.home, "reached": list(visitor.catchups)}


def in_catchups_of(person_id: ColumnElement[int] | int, table: Table) -> ColumnElement[bool]:
    """The rows of `table` (offers or bookings) that belong to a catch-up of this person: for lists, beside what says
    which of them may be opened.

    Lists begin with the person's own catch-ups. An OR over both people would let the database walk through everybody's.
    """
    own = union_all(
        select(mentorships.c.id).where(mentorships.c.mentor_id == person_id),
        select(mentorships.c.id).where(mentorships.c.mentee_id == person_id),
    )
    return table.c.catchup_id.in_(select(catchups.c.id).where(catchups.c.mentorship_id.in_(own)))


async def lock_mentorship_in(connection: AsyncConnection, visitor: Visitor, catchup_id: int) -> int:
    """The id of the catch-up's mentorship, if this visitor may open that catch-up; locked until the transaction ends.

    Raises NotFound.
    """
    theirs = (
        select(mentorships.c.id)
        .join(catchups, catchups.c.mentorship_id == mentorships.c.id)
        .where(catchups.c.id == catchup_id, OPEN_TO_VISITOR)
    )
    locked = for_update(theirs, of=mentorships)
    found = (await connection.execute(locked, as_visitor(visitor))).scalar_one_or_none()
    if found is None:
        raise NotFound
    return int(found)


async def add_catchup(connection: AsyncConnection, mentorship_id: int, uid: str, now: datetime) -> int:
    """Its id. `uid` names its one event in calendars."""
    result = await connection.execute(
        insert(catchups).values(mentorship_id=mentorship_id, began_at=now, uid=uid, sequence=0).returning(catchups.c.id)
    )
    return int(result.scalar_one())


async def advance(connection: AsyncConnection, catchup_id: int) -> int:
    """The next SEQUENCE of the catch-up's event."""
    result = await connection.execute(
        update(catchups)
        .where(catchups.c.id == catchup_id)
        .values(sequence=catchups.c.sequence + 1)
        .returning(catchups.c.sequence)
    )
    return int(result.scalar_one())


async def mentorship_of(connection: AsyncConnection, catchup_id: int) -> Mentorship:
    row = (
        await connection.execute(
            select(mentorships).join(catchups).where(catchups.c.id == catchup_id),
        )
    ).one()
    return Mentorship(row.id, row.mentor_id, row.mentee_id)


def with_both(table: Table, *columns: Any) -> Select[Any]:
    """Rows of `table` (offers or bookings) and `columns`, with both people's: see `person_from`."""
    both = select(table, *columns, *_labelled("mentor", mentors), *_labelled("mentee", mentees)).select_from(table)
    return of_both(both, table)


def of_both(query: Select[Any], table: Table) -> Select[Any]:
    """The query over `table` (offers or bookings), joined by the catch-up to `mentors` and `mentees`."""
    return (
        query.join(catchups, catchups.c.id == table.c.catchup_id)
        .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
        .join(mentors, mentors.c.id == mentorships.c.mentor_id)
        .join(mentees, mentees.c.id == mentorships.c.mentee_id)
    )


def _labelled(prefix: str, alias: Any) -> list[Any]:
    return [alias.c[name].label(f"{prefix}_{name}") for name in PERSON_COLUMNS]


def person_from(row: Row[Any], prefix: str) -> Person:
    return Person(*(getattr(row, f"{prefix}_{name}") for name in PERSON_COLUMNS))


PERSON_COLUMNS = (
    "id",
    "name",
    "zone",
    "language",
    "needs",
    "zone_known",
    "discreet",
    "preferred_name",
    "language_known",
)
