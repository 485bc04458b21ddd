"""News on its way upward: told in order, each again until it is taken, and then confirmed to who brought it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from signaling.news import News

log = logging.getLogger(__name__)

TELL_AGAIN = 1.0
NEWS_WITHIN = 5.0


class Delivery:
    """`tell` takes one piece of news and raises when it could not be kept."""

    def __init__(self, tell: Callable[[News], Awaitable[None]]) -> None:
        self._tell = tell
        self._waiting: asyncio.Queue[tuple[News, Callable[[], None] | None]] = asyncio.Queue()

    def add(self, news: News, kept: Callable[[], None] | None = None) -> None:
        """Tell this after all that was added before; `kept` is called when it was taken."""
        self._waiting.put_nowait((news, kept))

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            news, kept = await self._waiting.get()
            while not await self._told(news):
                log.warning("news was not taken, and is told again")
            if kept is not None:
                kept()
            self._waiting.task_done()

    async def settle(self) -> None:
        """Wait until everything was taken, for NEWS_WITHIN seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(NEWS_WITHIN):
                await self._waiting.join()

    async def _told(self, news: News) -> bool:
        try:
            await self._tell(news)
        except Exception:
            log.exception("telling news failed")
            await asyncio.sleep(TELL_AGAIN)
            return False
        return True
