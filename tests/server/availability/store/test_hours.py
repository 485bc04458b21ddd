"""A person's hours: what is said last holds, for that person alone."""

import asyncio
from datetime import date

from server.availability.rules import DayHours, Hours, WeeklyHours
from server.availability.store import hours

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)
MORNING, EVENING = WeeklyHours(0, 540, 720), WeeklyHours(0, 1080, 1440)


async def replace(database, person, weekly, days=()):
    async with database.writing() as connection:
        await hours.replace_hours(connection, person.id, weekly, days)


async def read(database, person, since=MONDAY):
    async with database.reading() as connection:
        return await hours.hours_of(connection, person.id, since)


async def test_hours_come_back_in_order(database, pair):
    maya = pair.mentor.person
    closed, short = DayHours(MONDAY), DayHours(FRIDAY, 600, 660)
    await replace(database, maya, [EVENING, MORNING, WeeklyHours(6, 0, 60)], [short, closed])
    assert await read(database, maya) == Hours((MORNING, EVENING, WeeklyHours(6, 0, 60)), (closed, short))
    assert await read(database, maya, since=FRIDAY) == Hours((MORNING, EVENING, WeeklyHours(6, 0, 60)), (short,))
    assert await read(database, pair.mentee.person) == Hours((), ())


async def test_what_is_said_later_replaces_it_and_may_be_nothing(database, pair):
    maya, sam = pair.mentor.person, pair.mentee.person
    await replace(database, maya, [MORNING], [DayHours(MONDAY)])
    await replace(database, sam, [MORNING])
    await replace(database, maya, [EVENING])
    assert await read(database, maya) == Hours((EVENING,), ())
    await replace(database, maya, [])
    assert await read(database, maya) == Hours((), ())
    assert await read(database, sam) == Hours((MORNING,), ())


async def test_of_two_said_at_once_one_holds(database, pair):
    maya = pair.mentor.person
    await asyncio.gather(*(replace(database, maya, [WeeklyHours(day, 540, 600)]) for day in range(6)))
    assert len((await read(database, maya)).weekly) == 1
