"""Five loops: one ends what has expired and has routines make their offers, one sends the outbox, one reads people's
calendars, which may be slow, one checks the ledger, and one calls webhooks.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from server.admin.actions.doubles import compare_people
from server.admin.actions.merging import settle_merges
from server.availability.actions.calendars import Fetch, refresh_next_calendar
from server.calls.actions.ended import note_ended
from server.calls.actions.entering import find_overstaying
from server.cancellation import is_cancelled
from server.catchups.actions.bookings import close_missed
from server.catchups.actions.emails import drop_late_emails
from server.catchups.actions.ledger import check_ledger
from server.catchups.actions.offers import expire_offers
from server.catchups.actions.routines import make_routine_offers
from server.config import Settings
from server.db.database import Database, Unavailable
from server.db.set_aside import forget_aside, log_fault
from server.db.turns import always_ours
from server.guests.actions.following import follow_catchups
from server.introductions.actions.ending import end_introductions
from server.introductions.actions.proposing import ask_third_people
from server.mail.mailer import REFUSED_WAIT, Mailer, end_mail_outage, mail_waits, note_mail_outage, send_due_emails
from server.mail.transport import ConnectionLost, DeliveryFailure, Refused, Unreachable
from server.matching.actions.proposing import end_proposals
from server.mentorships.actions.courses import follow_courses
from server.mentorships.actions.nudges import nudge_mentors
from server.mentorships.actions.reviews import follow_reviews
from server.mentorships.actions.situations import forget_past_situations
from server.people.actions.links import forget_tries, forget_visits
from server.privacy.actions.erasing import clear_erased
from server.privacy.actions.erasure_requests import erase_due
from server.privacy.actions.retention import remove_expired
from server.privacy.actions.strangers import erase_strangers
from server.privacy.actions.unconfirmed import forget_unconfirmed
from server.room.actions.records import send_records
from server.room.sealing import Sealer
from server.webhooks.actions.sending import HookCaller, HookSender, forget_old

ROUND_S = 5.0
LEDGER_ROUND_S = 30.0
OPTIMIZE_EVERY = REMOVE_EVERY = timedelta(hours=1)
LONGEST_PAUSE_S = 60.0
MAIL_SERVER_AWAY = "the mail server accepts no emails: %s"
CALENDARS_AT_ONCE = 3
T = TypeVar("T")

log = logging.getLogger(__name__)


class Jobs:
    """Runs a round of each loop every ROUND_S seconds. A job that fails is logged and tried in the next round.

    `end` removes a person from a call that is over (call and person by id). `fetch` reads a calendar's address.
    `ledger_key` signs how far the ledger was checked, `sealer` reads what people agreed to, and `hook_caller` calls
    webhooks. `block_key` hides which addresses do not want introductions. `is_ours` says whether this process is to do
    what one at a time does: the others, which claim each piece of work, are done by all at once.
    """

    def __init__(
        self,
        db: Database,
        mailer: Mailer,
        settings: Settings,
        clock: Callable[[], datetime],
        end: Callable[[str, str], Awaitable[None]],
        fetch: Fetch,
        ledger_key: bytes,
        sealer: Sealer,
        hook_caller: HookCaller,
        block_key: bytes,
        is_ours: Callable[[str], Awaitable[bool]] = always_ours,
    ) -> None:
        self._is_ours = is_ours
        self._hooks = HookSender(db, hook_caller)
        self._block_key = block_key
        self._ledger_key = ledger_key
        self._sealer = sealer
        self._fetch = fetch
        self._end = end
        self._db = db
        self._mailer = mailer
        self._settings = settings
        self._clock = clock
        # Takes the name of a job, ok or failed, and the time, after each of its rounds.
        self.note_round: Callable[[str, str, datetime], None] | None = None
        # A new process tries the mail server at once: its settings may be new.
        self._mail_tried = False
        self._pause = ROUND_S
        self._optimize_at = self._remove_at = clock()

    async def run(self) -> None:
        """Runs until it is cancelled."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._tidy_loop())
            loops.create_task(self._send_loop())
            loops.create_task(self._calendar_loop())
            loops.create_task(self._ledger_loop())
            loops.create_task(self._hook_loop())

    async def round(self) -> None:
        """Does everything that is due now, once."""
        await self.tidy()
        await self._guarded(self.send)

    async def tidy(self) -> None:
        """Does everything that is due except sending emails."""
        for job in (
            self._expire,
            self._make_routine_offers,
            self._close_missed,
            self._note_ended,
            self._follow_catchups,
            self._end_calls,
            self._send_records,
            self._follow_courses,
            self._nudge_mentors,
            self._follow_reviews,
            self._ask_third_people,
            self._end_introductions,
            self._end_proposals,
            self._forget_situations,
            self._drop_late,
            self._forget_visits,
            self._forget_tries,
            self._forget_aside,
            self._compare_people,
            self._settle_merges,
            self._erase_due,
            self._erase_strangers,
            self._forget_unconfirmed,
            self._clear_erased,
            self._remove_expired,
            self._forget_hook_calls,
            self._optimize,
        ):
            await self._guarded(job)

    async def send(self) -> bool:
        """Sends the emails that are due; whether the mail server accepted them, or none was due.

        While it takes nothing, the pauses grow up to LONGEST_PAUSE_S. A server that refuses this sender is asked again
        after REFUSED_WAIT, or when the admin says so.
        """
        if self._mail_tried and await mail_waits(self._db, self._clock()):
            return False
        self._mail_tried = True
        try:
            await send_due_emails(self._db, self._mailer)
        except Refused as error:
            log.error("the mail server refuses this sender: %s", error)
            await self._note_outage(error, REFUSED_WAIT, refused=True)
            return False
        except (Unreachable, ConnectionLost) as error:
            log.warning(MAIL_SERVER_AWAY, error)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
            await self._note_outage(error, timedelta(seconds=self._pause), refused=False)
            return False
        self._pause = ROUND_S
        await end_mail_outage(self._db)
        return True

    async def try_mail_server(self) -> None:
        """Connects once, so that a wrong setting is in the log from the start and not from the first email on."""
        try:
            await self._mailer.transport.connect()
        except DeliveryFailure as error:
            log.warning(MAIL_SERVER_AWAY, error)
        finally:
            await self._mailer.transport.disconnect()

    async def _note_outage(self, error: Exception, wait: timedelta, *, refused: bool) -> None:
        now = self._clock()
        await note_mail_outage(self._db, str(error), now, now + wait, refused=refused)

    async def read_calendars(self) -> None:
        """Reads each calendar that is due, one after the other."""
        while await refresh_next_calendar(self._db, self._fetch, self._clock()):
            pass

    async def call_hooks(self) -> None:
        """Begins to send what is due to each webhook."""
        await self._hooks.start_due()

    async def check_ledger(self) -> None:
        """Checks all entries that are due."""
        while not await check_ledger(self._db, self._ledger_key, self._clock()):
            pass

    async def _tidy_loop(self) -> None:
        while True:
            if await self._is_ours("tidy"):
                await self.tidy()
            await asyncio.sleep(ROUND_S)

    async def _send_loop(self) -> None:
        await self._guarded(self.try_mail_server)
        while True:
            await self._guarded(self.send)
            await asyncio.sleep(ROUND_S)

    async def _calendar_loop(self) -> None:
        while True:
            # A few at once, as some answer slowly.
            await asyncio.gather(*(self._guarded(self.read_calendars) for _ in range(CALENDARS_AT_ONCE)))
            await asyncio.sleep(ROUND_S)

    async def _ledger_loop(self) -> None:
        while True:
            if await self._is_ours("ledger"):
                await self._guarded(self.check_ledger)
            await asyncio.sleep(LEDGER_ROUND_S)

    async def _hook_loop(self) -> None:
        try:
            while True:
                await self._guarded(self.call_hooks)
                await asyncio.sleep(ROUND_S)
        finally:
            await self._hooks.close()

    async def _guarded(self, job: Callable[[], Awaitable[T]]) -> T | None:
        result, outcome = None, "failed"
        try:
            result = await job()
            outcome = "ok"
        except Unavailable as error:
            log.error("a job waits for the next round: the database cannot be used: %s", error)
        except asyncio.CancelledError:
            # Something inside was cancelled by itself, unless this task was: that must not end the loop.
            if not is_cancelled():
                log.error("a job was broken off; it is tried again in the next round")
        except Exception as error:
            log_fault(log, "a job failed; it is tried again in the next round", error)
        # A library may have turned it into another error, or dropped it.
        if is_cancelled():
            raise asyncio.CancelledError
        if self.note_round is not None:
            self.note_round(job.__name__.removeprefix("_"), outcome, self._clock())
        return result

    async def _expire(self) -> None:
        await expire_offers(self._db, self._clock())

    async def _make_routine_offers(self) -> None:
        await make_routine_offers(self._db, self._clock())

    async def _close_missed(self) -> None:
        await close_missed(self._db, self._settings.join_window, self._clock())

    async def _note_ended(self) -> None:
        await note_ended(self._db, self._clock())

    async def _forget_hook_calls(self) -> None:
        await forget_old(self._db, self._clock())

    async def _end_calls(self) -> None:
        for call, person in await find_overstaying(self._db, self._settings.join_window, self._clock()):
            await self._end(call, person)

    async def _follow_catchups(self) -> None:
        await follow_catchups(self._db, self._clock())

    async def _send_records(self) -> None:
        await send_records(self._db, self._sealer, self._clock())

    async def _follow_courses(self) -> None:
        await follow_courses(self._db, self._sealer, self._clock())

    async def _nudge_mentors(self) -> None:
        await nudge_mentors(self._db, self._clock())

    async def _follow_reviews(self) -> None:
        await follow_reviews(self._db, self._clock())

    async def _ask_third_people(self) -> None:
        await ask_third_people(self._db, self._sealer, self._block_key, self._clock())

    async def _end_introductions(self) -> None:
        await end_introductions(self._db, self._clock())

    async def _end_proposals(self) -> None:
        await end_proposals(self._db, self._clock())

    async def _forget_situations(self) -> None:
        await forget_past_situations(self._db, self._clock())

    async def _drop_late(self) -> None:
        await drop_late_emails(self._db, self._clock())

    async def _forget_visits(self) -> None:
        await forget_visits(self._db, self._clock())

    async def _forget_tries(self) -> None:
        await forget_tries(self._db, self._clock())

    async def _forget_aside(self) -> None:
        async with self._db.writing() as connection:
            await forget_aside(connection, self._clock())

    async def _compare_people(self) -> None:
        await compare_people(self._db)

    async def _settle_merges(self) -> None:
        await settle_merges(self._db, self._sealer, self._clock())

    async def _forget_unconfirmed(self) -> None:
        await forget_unconfirmed(self._db, self._clock())

    async def _erase_due(self) -> None:
        await erase_due(self._db, self._settings.kept_emails, self._clock())

    async def _erase_strangers(self) -> None:
        await erase_strangers(self._db, self._settings.kept_emails, self._clock())

    async def _clear_erased(self) -> None:
        await clear_erased(self._db, self._clock(), at_once=False)

    async def _remove_expired(self) -> None:
        if self._clock() >= self._remove_at:
            await remove_expired(self._db, self._settings.periods, self._clock())
            self._remove_at = self._clock() + REMOVE_EVERY

    async def _optimize(self) -> None:
        if self._clock() >= self._optimize_at:
            await self._db.optimize()
            self._optimize_at = self._clock() + OPTIMIZE_EVERY
