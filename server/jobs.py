"""One loop: ends what ran out, calls too, and sends the outbox."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from server.actions.bookings import close_missed
from server.actions.calls import find_overstaying
from server.actions.letters import send_next_letter
from server.actions.offers import expire_offers
from server.actions.visits import forget_visits
from server.config import Settings
from server.mail.post import Post
from server.storage.database import Database, Unavailable

ROUND_S = 5.0
log = logging.getLogger(__name__)


class Jobs:
    """Runs a round every ROUND_S seconds. A job that fails is logged and tried in the next round.

    `end` takes a person out of a call that is over; both are ids.
    """

    def __init__(
        self,
        db: Database,
        post: Post,
        settings: Settings,
        clock: Callable[[], datetime],
        end: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._end = end
        self._db = db
        self._post = post
        self._settings = settings
        self._clock = clock

    async def run(self) -> None:
        """Goes on until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(ROUND_S)

    async def round(self) -> None:
        """Does everything that is due now, once."""
        for job in (self._expire, self._end_calls, self._send, self._forget):
            await self._guarded(job)

    async def _guarded(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Unavailable as error:
            log.error("a job waits for the next round: the database is away: %s", error)
        except Exception:
            log.exception("a job failed; it is tried again in the next round")

    async def _expire(self) -> None:
        await expire_offers(self._db, self._clock())
        await close_missed(self._db, self._settings.door, self._clock())

    async def _end_calls(self) -> None:
        for call, person in await find_overstaying(self._db, self._settings.door, self._clock()):
            await self._end(call, person)

    async def _send(self) -> None:
        settings = self._settings
        while await send_next_letter(
            self._db, self._post.hand_in, settings.base_url, settings.mail_from, self._clock()
        ):
            pass

    async def _forget(self) -> None:
        await forget_visits(self._db, self._clock())
