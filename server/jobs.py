"""What goes on by itself: ends what ran out, calls too, sends the outbox; and beside that reads people's calendars."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from server.actions.bookings import close_missed
from server.actions.busy import Fetch, read_next_calendar
from server.actions.calls import find_overstaying
from server.actions.letters import send_next_letter
from server.actions.offers import expire_offers
from server.actions.visits import forget_visits
from server.config import Settings
from server.mail.post import Post
from server.storage.database import Database

ROUND_S = 5.0
log = logging.getLogger(__name__)


class Jobs:
    """Runs a round every ROUND_S seconds. A job that fails is logged and tried in the next round.

    `end` takes a person out of a call that is over; both are ids. `fetch` brings what is at a calendar's address.
    """

    def __init__(
        self,
        db: Database,
        post: Post,
        settings: Settings,
        clock: Callable[[], datetime],
        end: Callable[[str, str], Awaitable[None]],
        fetch: Fetch,
    ) -> None:
        self._fetch = fetch
        self._end = end
        self._db = db
        self._post = post
        self._settings = settings
        self._clock = clock

    async def run(self) -> None:
        """Goes on until cancelled. Calendars are read beside the rounds: a slow one keeps no letter waiting."""
        await asyncio.gather(self._again(self.round), self._again(self.read_calendars))

    async def read_calendars(self) -> None:
        """Reads each calendar that is due, one after the other."""
        await self._guarded(self._read_calendars)

    async def round(self) -> None:
        """Does everything else that is due now, once."""
        for job in (self._expire, self._end_calls, self._send, self._forget):
            await self._guarded(job)

    async def _again(self, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            await job()
            await asyncio.sleep(ROUND_S)

    async def _guarded(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
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

    async def _read_calendars(self) -> None:
        while await read_next_calendar(self._db, self._fetch, self._clock()):
            pass

    async def _forget(self) -> None:
        await forget_visits(self._db, self._clock())
