"""The queue of events for hooks: written in the transaction of what happened, one row for each hook that is on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import bookings, catchups, offers, webhook_calls, webhook_deliveries, webhooks
from server.webhooks.rules.events import EventSubject, HookEvent, event_id
from server.webhooks.rules.hooks import ANSWER_LIMIT, HookAnswer

AT_ONCE = 500
deliveries = webhook_deliveries

IS_ON = webhooks.c.stopped_at.is_(None)
QUEUED = select(
    webhooks.c.id,
    bindparam("event_id", type_=deliveries.c.event_id.type),
    bindparam("event", type_=deliveries.c.event.type),
    bindparam("booking_id", type_=deliveries.c.booking_id.type),
    bindparam("at", type_=deliveries.c.at.type),
    bindparam("at", type_=deliveries.c.called_at.type),
    bindparam("at", type_=deliveries.c.due_at.type),
    literal(0),
).where(IS_ON)
QUEUE = insert(deliveries).from_select(
    ["webhook_id", "event_id", "event", "booking_id", "at", "called_at", "due_at", "attempts"], QUEUED
)
SUBJECT = (
    select(bookings.c.id, catchups.c.mentorship_id, offers.c.moves_id)
    .join(catchups, catchups.c.id == bookings.c.catchup_id)
    .join(offers, offers.c.id == bookings.c.offer_id)
    .where(bookings.c.id == bindparam("id"))
)
IS_DUE = and_(deliveries.c.due_at.is_not(None), deliveries.c.due_at <= bindparam("now"))
IS_TO_REPLAY = and_(deliveries.c.replay_at.is_not(None), deliveries.c.replay_at <= bindparam("now"))


def _of_hook(condition: ColumnElement[bool]) -> Any:
    return select(deliveries.c.id).where(deliveries.c.webhook_id == webhooks.c.id, condition).exists()


HOOKS_WITH_WORK = select(webhooks.c.id).where(or_(and_(IS_ON, _of_hook(IS_DUE)), _of_hook(IS_TO_REPLAY)))
NEXT_DUE = (
    select(deliveries, webhooks.c.url, webhooks.c.salt)
    .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
    .where(deliveries.c.webhook_id == bindparam("webhook_id"), IS_ON, IS_DUE)
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(1)
    .with_for_update(of=deliveries, skip_locked=True)
)
NEXT_REPLAY = (
    select(deliveries, webhooks.c.url, webhooks.c.salt)
    .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
    .where(deliveries.c.webhook_id == bindparam("webhook_id"), IS_TO_REPLAY)
    .order_by(deliveries.c.replay_at, deliveries.c.id)
    .limit(1)
    .with_for_update(of=deliveries, skip_locked=True)
)
OLD_CALLS = select(webhook_calls.c.id).where(webhook_calls.c.at < bindparam("before")).limit(AT_ONCE)
# An event that waits for a hook that is off goes, too.
OLD_DELIVERIES = select(deliveries.c.id).where(deliveries.c.called_at < bindparam("before")).limit(AT_ONCE)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """An event to be sent to a hook now. `attempts` counts this try; `is_replay`: an admin asked for it."""

    id: int
    webhook_id: int
    url: str
    salt: str
    event_id: str
    event: HookEvent
    booking_id: int | None
    at: datetime
    attempts: int
    is_replay: bool


async def queue_event(connection: AsyncConnection, event: HookEvent, booking_id: int, at: datetime) -> None:
    """Queues the event for each hook that is on."""
    name = event_id(event, booking_id, at)
    values = {"event_id": name, "event": event.value, "booking_id": booking_id, "at": at}
    await connection.execute(QUEUE, values)


async def queue_test(connection: AsyncConnection, hook_id: int, name: str, now: datetime) -> None:
    """Queues one call about nothing, also for a hook that is off."""
    await connection.execute(
        insert(deliveries).values(
            webhook_id=hook_id,
            event_id=name,
            event=HookEvent.TEST.value,
            at=now,
            called_at=now,
            replay_at=now,
            attempts=0,
        )
    )


async def queue_replay(connection: AsyncConnection, delivery_id: int, now: datetime) -> int | None:
    """Queues one more call of the event, with its id; the hook's id, None when there is no such event any more."""
    again = update(deliveries).where(deliveries.c.id == delivery_id).values(replay_at=now)
    found: int | None = (await connection.execute(again.returning(deliveries.c.webhook_id))).scalar_one_or_none()
    return found


async def hooks_with_work(connection: AsyncConnection, now: datetime) -> Collection[int]:
    """The ids of the hooks for which something is to be sent now."""
    return tuple((await connection.execute(HOOKS_WITH_WORK, {"now": now})).scalars())


async def claim_next(
    connection: AsyncConnection, hook_id: int, now: datetime, lease_until: datetime
) -> ClaimedDelivery | None:
    """The event of this hook that has been due for the longest; none is claimed again before `lease_until`."""
    wanted = {"webhook_id": hook_id, "now": now}
    row = (await connection.execute(NEXT_REPLAY, wanted)).one_or_none()
    if row is not None:
        await _set(connection, row.id, replay_at=lease_until)
        return _claimed(row, row.attempts, is_replay=True)
    row = (await connection.execute(NEXT_DUE, wanted)).one_or_none()
    if row is None:
        return None
    await _set(connection, row.id, due_at=lease_until, attempts=row.attempts + 1)
    return _claimed(row, row.attempts + 1, is_replay=False)


async def any_subject(connection: AsyncConnection, booking_id: int) -> EventSubject:
    """The ids that the event is about, without a check of access: for the scheme's own systems."""
    return EventSubject(*(await connection.execute(SUBJECT, {"id": booking_id})).one())


async def note_call(
    connection: AsyncConnection, claimed: ClaimedDelivery, answer: HookAnswer, at: datetime, milliseconds: int
) -> None:
    """Keeps what was answered, and after how long."""
    await _set(connection, claimed.id, called_at=at)
    await connection.execute(
        insert(webhook_calls).values(
            delivery_id=claimed.id,
            at=at,
            milliseconds=milliseconds,
            status=answer.status,
            answer=answer.answer[:ANSWER_LIMIT],
            is_replay=claimed.is_replay,
        )
    )


async def note_taken(connection: AsyncConnection, claimed: ClaimedDelivery, now: datetime) -> None:
    """The receiver has it: it is not tried again, whichever try that was."""
    await _set(connection, claimed.id, due_at=None, replay_at=None, delivered_at=now)


async def end_replay(connection: AsyncConnection, claimed: ClaimedDelivery) -> None:
    await _set(connection, claimed.id, replay_at=None)


async def put_off(connection: AsyncConnection, claimed: ClaimedDelivery, due_at: datetime | None) -> None:
    """Tries it again then, or never, unless another sender has claimed it since."""
    still_ours = deliveries.c.id == claimed.id, deliveries.c.attempts == claimed.attempts
    await connection.execute(
        update(deliveries).where(*still_ours, deliveries.c.due_at.is_not(None)).values(due_at=due_at)
    )


async def wake(connection: AsyncConnection, hook_id: int, now: datetime) -> None:
    """What waits for this hook is due now, with all of its tries before it."""
    waiting = deliveries.c.webhook_id == hook_id, deliveries.c.due_at.is_not(None)
    await connection.execute(update(deliveries).where(*waiting).values(due_at=now, attempts=0))


async def forget_before(connection: AsyncConnection, before: datetime) -> int:
    """Deletes some of the calls and events from before then; returns how many."""
    calls = list((await connection.execute(OLD_CALLS, {"before": before})).scalars())
    await connection.execute(delete(webhook_calls).where(webhook_calls.c.id.in_(calls)))
    events = list((await connection.execute(OLD_DELIVERIES, {"before": before})).scalars())
    await connection.execute(delete(deliveries).where(deliveries.c.id.in_(events)))
    return len(calls) + len(events)


async def _set(connection: AsyncConnection, delivery_id: int, **values: Any) -> None:
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


def _claimed(row: Row[Any], attempts: int, *, is_replay: bool) -> ClaimedDelivery:
    return ClaimedDelivery(
        row.id,
        row.webhook_id,
        row.url,
        row.salt,
        row.event_id,
        HookEvent(row.event),
        row.booking_id,
        row.at,
        attempts,
        is_replay,
    )
