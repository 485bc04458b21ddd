"""Delivers news to the server: in order, each until it was stored or set aside, then acknowledged to its relay process.

While the store is away, news waits. News that cannot be stored by its own fault is set aside, and the rest goes on.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from signaling.news import News, StoreAway

log = logging.getLogger(__name__)

RETRY_AFTER = 1.0
FLUSH_WITHIN = 5.0
LOG_EVERY = 60.0


async def only_log(news: News, fault: Exception) -> None:
    """Keeps no list of what could not be stored: the log says it."""


class Delivery:
    """`store` takes one piece of news; it raises StoreAway while nothing can be stored, anything else when this news
    cannot be. `set_aside` takes such news and the error, and raises as `store` does.
    """

    def __init__(
        self,
        store: Callable[[News], Awaitable[None]],
        set_aside: Callable[[News, Exception], Awaitable[None]] = only_log,
    ) -> None:
        self._store = store
        self._set_aside = set_aside
        self._queue: asyncio.Queue[tuple[News, Callable[[], None] | None]] = asyncio.Queue()
        self._logged = float("-inf")

    def add(self, news: News, stored: Callable[[], None] | None = None) -> None:
        """Deliver this after all that was added before; `stored` is called when it was stored or set aside."""
        self._queue.put_nowait((news, stored))

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            news, stored = await self._queue.get()
            await self._deliver(news)
            if stored is not None:
                stored()
            self._queue.task_done()

    async def flush(self) -> None:
        """Wait until everything was stored, for FLUSH_WITHIN seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_WITHIN):
                await self._queue.join()

    async def _deliver(self, news: News) -> None:
        while True:
            try:
                await self._store_or_set_aside(news)
            except StoreAway as error:
                self._log_away(error)
                await asyncio.sleep(RETRY_AFTER)
            else:
                return

    async def _store_or_set_aside(self, news: News) -> None:
        try:
            await self._store(news)
        except StoreAway:
            raise
        except Exception as fault:
            log.error("news of a call could not be stored: %s", type(fault).__name__)
            try:
                await self._set_aside(news, fault)
            except StoreAway:
                raise
            except Exception as error:
                log.error("it could not be set aside either: %s", type(error).__name__)

    def _log_away(self, error: StoreAway) -> None:
        now = time.monotonic()
        if now - self._logged >= LOG_EVERY:
            self._logged = now
            log.warning("news of the calls waits until it can be stored: %s", error)
