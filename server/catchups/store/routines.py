"""Routines: one for each mentorship at most."""

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.store.breaks import days_off_of
from server.catchups.rules.drafts import FURTHEST, Medium
from server.catchups.rules.ledger import Channel, ShownWording, Statement
from server.catchups.rules.routines import MOST_TOGETHER, Every, Plan, Rhythm, Routine, free_starts
from server.catchups.store.bookings import live_between
from server.catchups.store.ledger import keep_wording
from server.db.tables import catchups, mentorships, routines, wordings
from server.people.rules.people import Person

ROUTINES = select(routines, wordings.c.text, wordings.c.language).join(
    wordings, wordings.c.hash == routines.c.wording_hash
)
OF_MENTORSHIP = ROUTINES.where(routines.c.mentorship_id == bindparam("mentorship_id"))
DUE = (
    select(routines.c.mentorship_id)
    .where(routines.c.due_at <= bindparam("now"))
    .order_by(routines.c.due_at, routines.c.id)
    .limit(bindparam("most"))
)
OFFERED = select(catchups.c.uid).where(
    catchups.c.mentorship_id == bindparam("mentorship_id"), catchups.c.uid.like(bindparam("begins"))
)
GOING_ON = select(routines.c.mentorship_id).where(
    routines.c.mentorship_id.in_(bindparam("ids", expanding=True)), routines.c.due_at.is_not(None)
)
OF_MENTOR = update(routines).where(
    routines.c.mentorship_id.in_(select(mentorships.c.id).where(mentorships.c.mentor_id == bindparam("of"))),
    routines.c.due_at.is_not(None),
)
OF_MENTEE = update(routines).where(
    routines.c.mentorship_id.in_(select(mentorships.c.id).where(mentorships.c.mentee_id == bindparam("of"))),
    routines.c.due_at.is_not(None),
)


async def routine_of(connection: AsyncConnection, mentorship_id: int) -> Routine | None:
    """The mentorship's routine, also one that has ended. To decide by it, the mentorship must be locked."""
    row = (await connection.execute(OF_MENTORSHIP, {"mentorship_id": mentorship_id})).one_or_none()
    return _routine_of(row) if row else None


async def due_routines(connection: AsyncConnection, now: datetime, most: int) -> tuple[int, ...]:
    """The ids of the mentorships whose routine is due, at most so many."""
    return tuple((await connection.execute(DUE, {"now": now, "most": most})).scalars())


async def with_routine(connection: AsyncConnection, mentorship_ids: Collection[int]) -> frozenset[int]:
    """Those of these mentorships that have a routine which has not ended."""
    return frozenset((await connection.execute(GOING_ON, {"ids": list(mentorship_ids)})).scalars())


async def set_routine(
    connection: AsyncConnection, before: Routine | None, mentorship_id: int, plan: Plan, by: Statement, now: datetime
) -> int:
    """The id of the routine, in place of the one before, which has the same. The mentorship must be locked."""
    await keep_wording(connection, by.shown)
    values = {
        "set_by": by.person_id,
        "link_id": by.link_id,
        "wording_hash": by.shown.hash,
        "set_at": now,
        "revision": before.revision + 1 if before else 0,
        "every": plan.rhythm.every.value,
        "first": plan.rhythm.first,
        "minute": plan.rhythm.minute,
        "zone": plan.rhythm.zone,
        "medium": plan.medium.value,
        "minutes": plan.minutes,
        "mentor_paused_until": None,
        "mentee_paused_until": before.mentee_paused_until if before else None,
        "handled_until": None,
        "due_at": now,
    }
    if before is not None:
        await connection.execute(update(routines).where(routines.c.id == before.id).values(values))
        return before.id
    added = insert(routines).values(mentorship_id=mentorship_id, **values).returning(routines.c.id)
    return int((await connection.execute(added)).scalar_one())


async def set_pause(
    connection: AsyncConnection, routine: Routine, until: datetime | None, now: datetime, *, by_mentor: bool
) -> None:
    """Pauses the routine for one of the two, or with None ends their pause; it is then looked at at once."""
    column = "mentor_paused_until" if by_mentor else "mentee_paused_until"
    await _update(connection, routine.id, {column: until, "due_at": now})


async def end_routine(connection: AsyncConnection, routine: Routine) -> None:
    await _update(connection, routine.id, {"due_at": None})


async def note_offered(connection: AsyncConnection, routine: Routine, start: datetime, due_at: datetime) -> None:
    """One of its times was offered."""
    await _update(connection, routine.id, {"handled_until": start, "due_at": due_at})


async def look_again(connection: AsyncConnection, routine: Routine, due_at: datetime) -> None:
    await _update(connection, routine.id, {"due_at": due_at})


async def look_at_all_of(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """The routines of this person are due: their breaks have changed."""
    for theirs in (OF_MENTOR, OF_MENTEE):
        await connection.execute(theirs.values(due_at=now), {"of": person_id})


async def offered_starts(connection: AsyncConnection, routine: Routine) -> frozenset[datetime]:
    """Which of the routine's times were offered, by itself or at the mentee's wish."""
    wanted = {"mentorship_id": routine.mentorship_id, "begins": f"{routine.uids}%"}
    rows = await connection.execute(OFFERED, wanted)
    seconds = (uid.removeprefix(routine.uids).partition("@")[0] for uid in rows.scalars())
    return frozenset(datetime.fromtimestamp(int(each), UTC) for each in seconds)


async def coming_times(
    connection: AsyncConnection, routine: Routine, both: tuple[Person, Person], now: datetime
) -> tuple[datetime, ...]:
    """The next times that the routine would offer to the two, as many as can be accepted together."""
    days_off = tuple([await days_off_of(connection, person, now) for person in both])
    live = await live_between(connection, tuple(person.id for person in both), now, now + FURTHEST)
    taken = tuple((booking.start, booking.end) for booking in live)
    offered = await offered_starts(connection, routine)
    return tuple(islice(free_starts(routine, days_off, taken, now, offered), MOST_TOGETHER))


async def _update(connection: AsyncConnection, routine_id: int, values: dict[str, datetime | None]) -> None:
    await connection.execute(update(routines).where(routines.c.id == routine_id).values(values))


def _routine_of(row: Row[Any]) -> Routine:
    shown = ShownWording(row.text, row.language, Channel.ROUTINE)
    return Routine(
        id=row.id,
        mentorship_id=row.mentorship_id,
        plan=Plan(Rhythm(Every(row.every), row.first, row.minute, row.zone), Medium(row.medium), row.minutes),
        by=Statement(row.set_by, row.link_id, shown),
        revision=row.revision,
        set_at=row.set_at,
        mentor_paused_until=row.mentor_paused_until,
        mentee_paused_until=row.mentee_paused_until,
        handled_until=row.handled_until,
        due_at=row.due_at,
    )
