"""Delivers news to the server: in order, each again until it was stored, and then acknowledged to its relay process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from signaling.news import News

log = logging.getLogger(__name__)

RETRY_AFTER = 1.0
FLUSH_WITHIN = 5.0


class Delivery:
    """`store` takes one piece of news and raises when it could not be stored."""

    def __init__(self, store: Callable[[News], Awaitable[None]]) -> None:
        self._store = store
        self._queue: asyncio.Queue[tuple[News, Callable[[], None] | None]] = asyncio.Queue()

    def add(self, news: News, stored: Callable[[], None] | None = None) -> None:
        """Deliver this after all that was added before; `stored` is called when it was stored."""
        self._queue.put_nowait((news, stored))

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            news, stored = await self._queue.get()
            while not await self._deliver(news):
                log.warning("news was not stored, and is delivered again")
            if stored is not None:
                stored()
            self._queue.task_done()

    async def flush(self) -> None:
        """Wait until everything was stored, for FLUSH_WITHIN seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_WITHIN):
                await self._queue.join()

    async def _deliver(self, news: News) -> bool:
        try:
            await self._store(news)
        except Exception:
            log.exception("storing news failed")
            await asyncio.sleep(RETRY_AFTER)
            return False
        return True
