"""Who was erased, and whether the database's files still hold bytes of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.db.tables import bookings, mentorships, people

ERASED = select(people.c.erased_at, people.c.cleared_at).where(
    people.c.id == bindparam("person_id"), people.c.erased_at.is_not(None)
)
# In the words of the index.
TO_CLEAR = select(people.c.id, people.c.erased_at).where(text("erased_at IS NOT NULL AND cleared_at IS NULL"))
CLEARED = update(people).where(people.c.id.in_(bindparam("ids", expanding=True))).values(cleared_at=bindparam("now"))
CALL_BETWEEN = select(
    exists().where(
        bookings.c.state.in_([BookingState.CONFIRMED.value, BookingState.HELD.value]),
        bookings.c.start >= bindparam("begins", type_=bookings.c.start.type),
        bookings.c.start < bindparam("ends", type_=bookings.c.start.type),
    )
)
EXTERNAL_ID = select(people.c.external_id).where(people.c.id == bindparam("person_id"))


@dataclass(frozen=True, slots=True)
class Erased:
    """When a person was erased, and when the database's files were rewritten after that, None until then."""

    at: datetime
    cleared_at: datetime | None


async def external_id_of(connection: AsyncConnection, person_id: int) -> str | None:
    """What the person is called in a system of the scheme's."""
    found: str | None = (await connection.execute(EXTERNAL_ID, {"person_id": person_id})).scalar_one()
    return found


async def note_forgotten(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Somebody who never confirmed who they are was erased: the files need not be rewritten for them alone."""
    values = {"erased_at": now, "cleared_at": now}
    await connection.execute(update(people).where(people.c.id == person_id).values(values))


async def note_erased(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Nobody knows their mentorships by an external id any more: it may hold a name."""
    await connection.execute(update(people).where(people.c.id == person_id).values(erased_at=now))
    theirs = or_(mentorships.c.mentor_id == person_id, mentorships.c.mentee_id == person_id)
    await connection.execute(update(mentorships).where(theirs).values(external_id=None))


async def find_erased(connection: AsyncConnection, person_id: int) -> Erased | None:
    """None for somebody who was not erased."""
    row = (await connection.execute(ERASED, {"person_id": person_id})).one_or_none()
    return Erased(row.erased_at, row.cleared_at) if row else None


async def people_to_clear(connection: AsyncConnection) -> Mapping[int, datetime]:
    """Who was erased since the files were rewritten: when, by their ids."""
    return {row.id: row.erased_at for row in await connection.execute(TO_CLEAR)}


async def has_call_between(connection: AsyncConnection, begins: datetime, ends: datetime) -> bool:
    """Whether any call that is not called off begins between the two."""
    return bool((await connection.execute(CALL_BETWEEN, {"begins": begins, "ends": ends})).scalar_one())


async def note_cleared(connection: AsyncConnection, ids: Collection[int], now: datetime) -> None:
    await connection.execute(CLEARED, {"ids": list(ids), "now": now})
