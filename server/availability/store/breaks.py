"""Breaks: the days on which people are away."""

from datetime import date, datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Break, DaysOff
from server.availability.store.hours import hours_of
from server.db.tables import breaks
from server.i18n.local_time import day_in
from server.people.rules.people import Person

BREAKS_OF = (
    select(breaks)
    .where(breaks.c.person_id == bindparam("person_id"), breaks.c.last >= bindparam("since"))
    .order_by(breaks.c.first, breaks.c.id)
)


async def add_break(connection: AsyncConnection, person_id: int, new: Break) -> None:
    await connection.execute(insert(breaks).values(person_id=person_id, first=new.first, last=new.last))


async def remove_break(connection: AsyncConnection, person_id: int, break_id: int) -> None:
    """Nothing happens where this person has no such break."""
    await connection.execute(delete(breaks).where(breaks.c.id == break_id, breaks.c.person_id == person_id))


async def breaks_of(connection: AsyncConnection, person_id: int, since: date) -> tuple[Break, ...]:
    """This person's breaks that are not over before `since`, the earliest first."""
    rows = await connection.execute(BREAKS_OF, {"person_id": person_id, "since": since})
    return tuple(Break(row.first, row.last, row.id) for row in rows)


async def days_off_of(connection: AsyncConnection, person: Person, now: datetime) -> DaysOff:
    """From today on."""
    today = day_in(person.zone, now)
    hours = await hours_of(connection, person.id, today)
    closed = frozenset(each.day for each in hours.days if each.closed)
    return DaysOff(person.zone, await breaks_of(connection, person.id, today), closed)
