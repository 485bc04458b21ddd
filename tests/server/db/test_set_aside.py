"""Work that fails by its own fault is set aside once, with a reason that quotes nobody; the rest goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.db.database import Unavailable
from server.db.set_aside import KEPT, Work, fault_of, for_each, forget_aside, put_aside, take_off_list
from server.db.tables import mentorships, set_aside
from tests.server.actors import NOW

HOUR = timedelta(hours=1)
PRIVATE = "Sam Okafor, 07700 900123"


async def rows_of(database):
    async with database.reading() as connection:
        return (await connection.execute(select(set_aside).order_by(set_aside.c.id))).all()


async def test_what_fails_is_set_aside_and_tried_again_when_the_admin_says_so(database, caplog):
    tried = []

    async def act(number):
        tried.append(number)
        if number in broken:
            raise ValueError(PRIVATE)
        return number % 2 == 0

    broken = {2}
    assert await for_each(database, Work.EXPIRY, [1, 2, 3, 4], act, NOW) == 1
    assert await for_each(database, Work.EXPIRY, [1, 2, 3, 4], act, NOW + HOUR) == 1
    assert tried == [1, 2, 3, 4, 1, 3, 4]
    [row] = await rows_of(database)
    assert (row.work, row.item, row.number, row.reason, row.times) == ("expiry", "2", 2, "ValueError", 1)
    assert PRIVATE not in caplog.text
    assert "in act" in caplog.text
    broken = set()
    async with database.writing() as connection:
        assert [await take_off_list(connection, row.id) for _ in range(2)] == [True, False]
    assert await for_each(database, Work.EXPIRY, [2], act, NOW) == 1


async def test_a_database_that_is_away_is_nobodys_fault(database):
    async def act(number):
        raise Unavailable

    with pytest.raises(Unavailable):
        await for_each(database, Work.MISSED, [1, 2], act, NOW)
    assert await rows_of(database) == []


async def test_what_fails_again_is_counted_and_old_news_is_forgotten(database):
    async with database.writing() as connection:
        for hours, reason in enumerate(("ValueError", "x" * 400)):
            await put_aside(connection, Work.NEWS, "present", 2**31, reason, NOW + hours * HOUR)
    [row] = await rows_of(database)
    assert (row.times, row.number, row.reason) == (2, None, "x" * 300)
    assert (row.first_at, row.last_at) == (NOW, NOW + HOUR)
    for since, left in ((HOUR - timedelta(seconds=1), 1), (HOUR, 0)):
        async with database.writing() as connection:
            await forget_aside(connection, NOW + KEPT + since)
        assert len(await rows_of(database)) == left


async def test_a_broken_constraint_is_named_and_no_value_of_it(database):
    with pytest.raises(IntegrityError) as broken:
        async with database.writing() as connection:
            await connection.execute(insert(mentorships).values(mentor_id=77771, mentee_id=77772, began_at=NOW))
    reason = fault_of(broken.value)
    assert "foreign key" in reason.lower()
    assert "7777" not in reason
