"""A task knows that it was asked to end, though it caught what told it."""

import asyncio

from server.cancellation import is_cancelled


async def test_a_task_that_catches_its_cancellation_is_cancelled_until_it_takes_that_back():
    seen = [is_cancelled()]

    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append(is_cancelled())
        asyncio.current_task().uncancel()
        seen.append(is_cancelled())

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert seen == [False, True, False]
