"""Work that is done when the answer has gone."""

import asyncio
import logging

from server.web.background_tasks import BackgroundTasks


async def test_it_goes_on_by_itself_and_is_waited_for_at_the_end():
    done, may = [], asyncio.Event()

    async def work(number):
        await may.wait()
        done.append(number)

    afterwards = BackgroundTasks()
    for number in range(3):
        afterwards.do(work(number))
    assert done == []
    may.set()
    await afterwards.finish()
    assert done == [0, 1, 2]


async def test_a_failure_is_logged_and_stops_nothing_else(caplog):
    done = []

    async def fail():
        raise ZeroDivisionError

    async def work():
        done.append(True)

    afterwards = BackgroundTasks()
    with caplog.at_level(logging.ERROR, "server.web.background_tasks"):
        afterwards.do(fail())
        afterwards.do(work())
        await afterwards.finish()
    assert done == [True]
    assert [record.message for record in caplog.records] == ["work after an answer failed"]
