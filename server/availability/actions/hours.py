"""Saves when a person has time."""

from collections.abc import Sequence

from server.availability.rules import DayHours, WeeklyHours, check_hours
from server.availability.store import hours
from server.db.database import Database
from server.people.rules.visitors import Visitor, check_home


async def set_hours(db: Database, visitor: Visitor, weekly: Sequence[WeeklyHours], days: Sequence[DayHours]) -> None:
    """These hours in place of those before. Raises NotFound or InvalidInput."""
    person = check_home(visitor)
    check_hours(weekly, days)
    async with db.writing() as connection:
        await hours.replace_hours(connection, person.id, weekly, days)
