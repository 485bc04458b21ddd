"""When a person has time: hours of each week, and single days that differ."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import DayHours, Hours, WeeklyHours
from server.db.tables import day_hours, weekly_hours
from server.people.store.people import lock_people

WEEKLY = (
    select(weekly_hours)
    .where(weekly_hours.c.person_id == bindparam("person_id"))
    .order_by(weekly_hours.c.weekday, weekly_hours.c.begins)
)
DAYS = (
    select(day_hours)
    .where(day_hours.c.person_id == bindparam("person_id"), day_hours.c.day >= bindparam("since"))
    .order_by(day_hours.c.day, day_hours.c.begins)
)


async def hours_of(connection: AsyncConnection, person_id: int, since: date) -> Hours:
    """This person's hours; of the single days those from `since` on."""
    weekly = await connection.execute(WEEKLY, {"person_id": person_id})
    days = await connection.execute(DAYS, {"person_id": person_id, "since": since})
    return Hours(
        tuple(WeeklyHours(row.weekday, row.begins, row.ends) for row in weekly),
        tuple(DayHours(row.day, row.begins, row.ends) for row in days),
    )


async def replace_hours(
    connection: AsyncConnection, person_id: int, weekly: Sequence[WeeklyHours], days: Sequence[DayHours]
) -> None:
    """Replaces all hours of this person."""
    # When two pages are saved at once, the later one counts, not both.
    await lock_people(connection, (person_id,))
    for table in (weekly_hours, day_hours):
        await connection.execute(delete(table).where(table.c.person_id == person_id))
    if weekly:
        rows = [
            {"person_id": person_id, "weekday": each.weekday, "begins": each.begins, "ends": each.ends}
            for each in weekly
        ]
        await connection.execute(insert(weekly_hours), rows)
    if days:
        listed = [{"person_id": person_id, "day": each.day, "begins": each.begins, "ends": each.ends} for each in days]
        await connection.execute(insert(day_hours), listed)
