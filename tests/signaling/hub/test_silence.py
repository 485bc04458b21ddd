"""A hub that stood still does not take that for the silence of a relay process."""

import asyncio
import time

import pytest

from signaling.hub.silence import heard_within

LIMIT = 0.6


async def test_silence_ends_the_block() -> None:
    with pytest.raises(TimeoutError):
        async with heard_within(LIMIT):
            await asyncio.Event().wait()


async def test_what_is_heard_extends_it() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with heard_within(LIMIT) as limit:
        while loop.time() < began + 3 * LIMIT:
            await asyncio.sleep(LIMIT / 6)
            limit.reschedule(loop.time() + LIMIT)


async def test_what_was_said_while_this_process_stood_still_is_read_first() -> None:
    said: asyncio.Queue[int] = asyncio.Queue()
    asyncio.get_running_loop().call_later(LIMIT / 2, said.put_nowait, 1)
    async with heard_within(LIMIT):
        await asyncio.sleep(0)
        time.sleep(3 * LIMIT)  # noqa: ASYNC251  # that is what is tested
        assert await said.get() == 1


async def test_after_that_silence_still_ends_it() -> None:
    async def stand_still() -> None:
        async with heard_within(LIMIT):
            time.sleep(2 * LIMIT)  # noqa: ASYNC251  # as above
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await stand_still()
