"""How long a hub waits until a relay process says something more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOK_EVERY = 0.5


@asynccontextmanager
async def heard_within(seconds: float) -> AsyncIterator[asyncio.Timeout]:
    """Raises TimeoutError in its block after so long, unless the block reschedules it, as asyncio.timeout does.

    Time in which this process stood still does not count, such as when it was busy or stopped: what the relay process
    said meanwhile waits to be read.
    """
    loop = asyncio.get_running_loop()
    looking: asyncio.TimerHandle

    def look_later() -> None:
        nonlocal looking
        expected = loop.time() + LOOK_EVERY
        # A timer, as its callback runs before that of a limit which ended later; a task would run after it.
        looking = loop.call_at(expected, look, expected)

    def look(expected: float) -> None:
        late = loop.time() - expected
        if late > LOOK_EVERY and (limit := timeout.when()) is not None and not timeout.expired():
            timeout.reschedule(limit + late)
        look_later()

    look_later()
    try:
        async with asyncio.timeout(seconds) as timeout:
            yield timeout
    finally:
        looking.cancel()
