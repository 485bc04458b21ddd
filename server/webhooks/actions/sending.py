"""Sending events to hooks. One sender per event: it holds a lease that outlasts the longest call, and if it crashes,
another takes over after LEASE. So an event may come twice, with the same id, and none is lost.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.webhooks.rules.events import body_of, headers_of, signing_key
from server.webhooks.rules.hooks import KEPT, HookAnswer, next_try, stopped_by
from server.webhooks.store import hooks, queue
from server.webhooks.store.queue import ClaimedDelivery

LEASE = timedelta(minutes=2)

log = logging.getLogger(__name__)

# Sends a body with headers to an address.
CallHook = Callable[[str, bytes, Mapping[str, str]], Awaitable[HookAnswer]]


@dataclass(frozen=True, slots=True)
class HookCaller:
    """What it takes to call hooks: `key` is the server's, from which each hook's own is made."""

    call: CallHook
    key: bytes
    clock: Callable[[], datetime]


class HookSender:
    """Sends what is due to each hook in a task of its own: one that is slow or hangs holds up no other."""

    def __init__(self, db: Database, caller: HookCaller) -> None:
        self._db = db
        self._caller = caller
        self._sending: dict[int, asyncio.Task[None]] = {}

    async def start_due(self) -> None:
        """Begins to send to each hook that has something due, unless that goes on already. Raises Unavailable."""
        async with self._db.reading() as connection:
            found = await queue.hooks_with_work(connection, self._caller.clock())
        for hook_id in found:
            if hook_id not in self._sending:
                task = asyncio.create_task(self._send(hook_id))
                self._sending[hook_id] = task
                task.add_done_callback(lambda _, hook_id=hook_id: self._sending.pop(hook_id))  # type: ignore[misc] # its id

    async def finish(self) -> None:
        """Waits until nothing more is sent."""
        while self._sending:
            await asyncio.wait(self._sending.values())

    async def close(self) -> None:
        """Ends what is being sent. An event whose call is broken off is sent again when its lease has run out."""
        for task in tuple(self._sending.values()):
            task.cancel()
        await self.finish()

    async def _send(self, hook_id: int) -> None:
        try:
            while await send_next(self._db, self._caller, hook_id):
                pass
        except Unavailable as error:
            log.error("webhook %s waits for the next round: the database cannot be used: %s", hook_id, error)
        except Exception as error:
            log_fault(log, f"an event for webhook {hook_id} could not be sent", error)


async def send_next(db: Database, caller: HookCaller, hook_id: int) -> bool:
    """Sends the next event that is due for this hook, and notes what was answered; False when none is due."""
    now = caller.clock()
    async with db.writing() as connection:
        claimed = await queue.claim_next(connection, hook_id, now, now + LEASE)
        if claimed is None:
            return False
        subject = await queue.any_subject(connection, claimed.booking_id) if claimed.booking_id is not None else None
    body = body_of(claimed.event, claimed.at, subject)
    headers = headers_of(claimed.event_id, body, signing_key(caller.key, claimed.salt), now)
    begun = time.monotonic()
    answer = await caller.call(claimed.url, body, headers)
    milliseconds = round((time.monotonic() - begun) * 1000)
    await _note(db, claimed, answer, caller.clock(), milliseconds)
    return True


async def forget_old(db: Database, now: datetime) -> None:
    """Deletes the calls and events that are older than they are kept. Some at a time: others can write between."""
    while True:
        async with db.writing() as connection:
            if not await queue.forget_before(connection, now - KEPT):
                return


async def _note(db: Database, claimed: ClaimedDelivery, answer: HookAnswer, now: datetime, milliseconds: int) -> None:
    async with db.writing() as connection:
        if not await hooks.lock_hook(connection, claimed.webhook_id):
            # It was removed while it was called, and its events with it.
            return
        await queue.note_call(connection, claimed, answer, now, milliseconds)
        if answer.is_taken:
            await queue.note_taken(connection, claimed, now)
        if claimed.is_replay:
            # Asked for by an admin: it says nothing about whether the hook works.
            await queue.end_replay(connection, claimed)
            return
        if answer.is_taken:
            await hooks.note_working(connection, claimed.webhook_id, now)
            return
        await queue.put_off(connection, claimed, next_try(claimed.attempts, now))
        failing_since = await hooks.note_failing(connection, claimed.webhook_id, now)
        by = stopped_by(answer, failing_since, now)
        if by is not None and await hooks.stop_hook(connection, claimed.webhook_id, by, now):
            log.warning("webhook %s is switched off: %s", claimed.webhook_id, by)
