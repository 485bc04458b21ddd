"""Work that goes on after the response is sent."""

import asyncio
import logging

from server.web.background_tasks import BackgroundTasks
from tests.logs import own_records


async def test_it_goes_on_by_itself_and_is_waited_for_at_the_end():
    done, may = [], asyncio.Event()

    async def work(number):
        await may.wait()
        done.append(number)

    tasks = BackgroundTasks()
    for number in range(3):
        tasks.start(work(number))
    assert done == []
    may.set()
    await tasks.finish()
    assert done == [0, 1, 2]


async def test_a_failure_is_logged_and_stops_nothing_else(caplog):
    done = []

    async def fail():
        raise ZeroDivisionError

    async def work():
        done.append(True)

    tasks = BackgroundTasks()
    with caplog.at_level(logging.ERROR, "server.web.background_tasks"):
        tasks.start(fail())
        tasks.start(work())
        await tasks.finish()
    assert done == [True]
    assert [record.message for record in own_records(caplog)] == ["work after an answer failed"]
