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
from server.db.tables import catchups, courses, mentorships, people
from server.errors import NotFound
from server.people.rules.people import Mentorship, Person
from server.people.rules.visitors import Visitor
from server.people.store.people import mentorship_from

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


BOTH_IN = (
    select(mentorships.c.mentor_id, mentorships.c.mentee_id)
    .join(catchups, catchups.c.mentorship_id == mentorships.c.id)
    .where(catchups.c.id == bindparam("id"))
)
IN_MENTORSHIP = (
    select(catchups.c.id).where(catchups.c.mentorship_id == bindparam("mentorship_id")).order_by(catchups.c.id)
)


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


async def sequence_of(connection: AsyncConnection, catchup_id: int) -> int:
    """The newest SEQUENCE of the catch-up's event."""
    found = await connection.execute(select(catchups.c.sequence).where(catchups.c.id == catchup_id))
    return int(found.scalar_one())


async def mentorship_of(connection: AsyncConnection, catchup_id: int) -> Mentorship:
    row = (
        await connection.execute(
            select(mentorships).join(catchups).where(catchups.c.id == catchup_id),
        )
    ).one()
    return mentorship_from(row)


async def lock_catchups_in(connection: AsyncConnection, mentorship_id: int) -> None:
    """Locks every catch-up of the mentorship until the transaction ends.

    Before the mentorship itself: who acts in a catch-up has locked that first.
    """
    await connection.execute(for_update(IN_MENTORSHIP), {"mentorship_id": mentorship_id})


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


OF_CATCHUP = select(catchups.c.mentorship_id).where(catchups.c.id == bindparam("catchup")).scalar_subquery()
MEET = (
    update(mentorships)
    .where(
        mentorships.c.id == OF_CATCHUP,
        or_(mentorships.c.quiet_since.is_(None), mentorships.c.quiet_since < bindparam("at")),
    )
    .values(quiet_since=bindparam("at"))
)
LOOK = (
    update(courses)
    .where(courses.c.mentorship_id == OF_CATCHUP, courses.c.look_at.is_not(None))
    .values(look_at=bindparam("at"))
)


async def note_met(connection: AsyncConnection, catchup_id: int, at: datetime) -> None:
    """Keeps that the two have met at this time, if that is the last time so far."""
    await connection.execute(MEET, {"catchup": catchup_id, "at": at})


async def look_at_course(connection: AsyncConnection, catchup_id: int, at: datetime) -> None:
    """Has the clock look at this time how far the two are with the catch-ups that they planned, if they did."""
    await connection.execute(LOOK, {"catchup": catchup_id, "at": at})


async def both_in(connection: AsyncConnection, catchup_id: int) -> tuple[int, int]:
    """The ids of the mentor and the mentee of a catch-up, without a check of access."""
    row = (await connection.execute(BOTH_IN, {"id": catchup_id})).one()
    return row.mentor_id, row.mentee_id
