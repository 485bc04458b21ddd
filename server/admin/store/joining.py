"""Making one mentorship of two that two people have with each other."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Delete, Update, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import state_of_joined
from server.db.tables import (
    catchups,
    course_parts,
    courses,
    former_external_ids,
    introductions,
    match_proposals,
    mentorships,
    message_readers,
    mutes,
    outbox,
    pauses,
    review_answers,
    reviews,
    routines,
    shared_times,
)
from server.mentorships.store.farewells import join_farewells
from server.mentorships.store.messages import join_messages
from server.mentorships.store.situations import join_situations
from server.people.rules.mentorships import MentorshipState
from server.room.sealing import Sealer

FROM: BindParameter[int] = bindparam("from")
TO: BindParameter[int] = bindparam("to")
ALL_PAIRS = select(mentorships).where(
    or_(mentorships.c.mentor_id == bindparam("person"), mentorships.c.mentee_id == bindparam("person"))
)
ROUTINES_IN = select(routines.c.mentorship_id).where(routines.c.mentorship_id.in_(bindparam("ids", expanding=True)))
JOINED = tuple(
    update(table).where(table.c.mentorship_id == FROM).values(mentorship_id=TO)
    for table in (catchups, routines, outbox, introductions, match_proposals, former_external_ids)
)


def move_where_free(column: Any, theirs: ColumnElement[bool], to: BindParameter[int]) -> tuple[Update, Delete]:
    """What sets the column, a part of the primary key, to `to` in those of `theirs` that have no row of the same key
    there, and what deletes the others."""
    table = column.table
    there = table.alias("there")
    same = [there.c[key.name] == key for key in table.primary_key if key is not column]
    free = ~exists().where(there.c[column.name] == to, *same)
    return update(table).where(theirs, free).values({column: to}), delete(table).where(theirs)


# At most one row for the two, or for each person.
JOIN_ONE_EACH = tuple(
    statement
    for table in (pauses, mutes, shared_times, courses, course_parts, reviews)
    for statement in move_where_free(table.c.mentorship_id, table.c.mentorship_id == FROM, TO)
)
# An answer belongs to a round of its own mentorship: it is not one in another round.
FORGOTTEN = (delete(review_answers).where(review_answers.c.mentorship_id == FROM),)


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """Two mentorships of what will be the same two people: `stays` is the older one. `other_id` is the other person."""

    stays: int
    goes: int
    other_id: int


async def pairs_of_both(connection: AsyncConnection, kept: int, gone: int) -> tuple[tuple[JoinedPair, ...], bool]:
    """Which mentorships become one, and whether the two are a pair themselves."""
    theirs = (await connection.execute(ALL_PAIRS, {"person": kept})).all()
    by_people = {(row.mentor_id, row.mentee_id): row.id for row in theirs}
    joined, themselves = [], False
    for row in (await connection.execute(ALL_PAIRS, {"person": gone})).all():
        other = row.mentee_id if row.mentor_id == gone else row.mentor_id
        themselves |= other == kept
        same = by_people.get((kept, other) if row.mentor_id == gone else (other, kept))
        if same is not None:
            joined.append(JoinedPair(min(same, row.id), max(same, row.id), other))
    return tuple(joined), themselves


async def have_two_routines(connection: AsyncConnection, pair: JoinedPair) -> bool:
    rows = await connection.execute(ROUTINES_IN, {"ids": [pair.stays, pair.goes]})
    return len(rows.all()) > 1


async def join_mentorships(connection: AsyncConnection, sealer: Sealer, pair: JoinedPair) -> None:
    """Makes the two mentorships one. What is kept of each of the two people must be theirs already."""
    wanted = {"from": pair.goes, "to": pair.stays}
    for statement in JOINED:
        await connection.execute(statement, wanted)
    await join_messages(connection, sealer, pair.goes, pair.stays)
    await join_situations(connection, sealer, pair.goes, pair.stays)
    await join_farewells(connection, sealer, pair.goes, pair.stays)
    await _join_readers(connection, pair)
    for change in (*FORGOTTEN, *JOIN_ONE_EACH):
        await connection.execute(change, wanted)
    await _join_rows(connection, pair)


async def _join_readers(connection: AsyncConnection, pair: JoinedPair) -> None:
    """Nothing that is unread in one of them counts as read."""
    query = select(message_readers).where(message_readers.c.mentorship_id.in_((pair.stays, pair.goes)))
    rows = (await connection.execute(query.order_by(message_readers.c.mentorship_id))).all()
    await connection.execute(delete(message_readers).where(message_readers.c.mentorship_id == pair.goes))
    for person_id in {row.person_id for row in rows}:
        theirs = [row for row in rows if row.person_id == person_id]
        values = dict(theirs[0]._mapping) | {"mentorship_id": pair.stays, "read_id": min(row.read_id for row in theirs)}
        own = message_readers.c.mentorship_id == pair.stays, message_readers.c.person_id == person_id
        await connection.execute(delete(message_readers).where(*own))
        await connection.execute(message_readers.insert(), values)


async def _join_rows(connection: AsyncConnection, pair: JoinedPair) -> None:
    of_both = mentorships.c.id.in_((pair.stays, pair.goes))
    rows = (await connection.execute(select(mentorships).where(of_both).order_by(mentorships.c.id))).all()
    state = state_of_joined((MentorshipState(rows[0].state), MentorshipState(rows[1].state)))
    [from_one, *_] = [row for row in rows if row.state == state.value]
    external_id, *others = [row.external_id for row in rows if row.external_id] or [None]
    quiet = [row.quiet_since for row in rows if row.quiet_since is not None]
    values = {
        "state": state.value,
        "state_at": from_one.state_at,
        "rests_by": from_one.rests_by,
        "began_at": min(row.began_at for row in rows),
        "quiet_since": max(quiet, default=None),
        "nudge_at": None,
        "review_at": max((row.review_at for row in rows if row.review_at is not None), default=None),
        "external_id": external_id,
    }
    await connection.execute(delete(mentorships).where(mentorships.c.id == pair.goes))
    await connection.execute(update(mentorships).where(mentorships.c.id == pair.stays).values(values))
    for each in others:
        await connection.execute(former_external_ids.insert(), {"external_id": each, "mentorship_id": pair.stays})
