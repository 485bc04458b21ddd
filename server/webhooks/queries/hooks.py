"""The pages of webhooks: how each stands, and what was sent to one lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from server.db.database import Database
from server.db.tables import webhook_calls, webhook_deliveries
from server.errors import NotFound
from server.webhooks.rules.hooks import Hook
from server.webhooks.store.hooks import all_hooks, find_hook

PAGE_DELIVERIES = 25
NEWEST = (
    select(webhook_deliveries)
    .where(webhook_deliveries.c.webhook_id == bindparam("webhook_id"))
    .order_by(webhook_deliveries.c.id.desc())
    .limit(PAGE_DELIVERIES + 1)
)
CALLS = (
    select(webhook_calls)
    .where(webhook_calls.c.delivery_id.in_(bindparam("ids", expanding=True)))
    .order_by(webhook_calls.c.id.desc())
)


@dataclass(frozen=True, slots=True)
class HookCallRow:
    """One call: when, for how long, the status (None without an answer), and how the answer began or why none came."""

    at: datetime
    milliseconds: int
    status: int | None
    answer: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An event for a hook, with its calls, newest first. `due_at` is when it is tried next, None when it is not."""

    id: int
    event_id: str
    event: str
    booking_id: int | None
    at: datetime
    due_at: datetime | None
    is_replayed: bool
    delivered_at: datetime | None
    calls: tuple[HookCallRow, ...]


@dataclass(frozen=True, slots=True)
class HookPage:
    """Newest first. `older` is the id that the next page's deliveries come before, None on the last page."""

    hook: Hook
    deliveries: tuple[DeliveryRow, ...]
    older: int | None


async def read_hooks(db: Database) -> tuple[Hook, ...]:
    async with db.reading() as connection:
        return await all_hooks(connection)


async def read_hook_page(db: Database, hook_id: int, before: int | None = None) -> HookPage:
    """Raises NotFound."""
    wanted = NEWEST if before is None else NEWEST.where(webhook_deliveries.c.id < before)
    calls: dict[int, list[HookCallRow]] = defaultdict(list)
    async with db.reading() as connection:
        hook = await find_hook(connection, hook_id)
        if hook is None:
            raise NotFound
        found = (await connection.execute(wanted, {"webhook_id": hook_id})).all()
        rows = found[:PAGE_DELIVERIES]
        for row in await connection.execute(CALLS, {"ids": [row.id for row in rows]}):
            calls[row.delivery_id].append(HookCallRow(row.at, row.milliseconds, row.status, row.answer, row.is_replay))
    deliveries = tuple(
        DeliveryRow(
            row.id,
            row.event_id,
            row.event,
            row.booking_id,
            row.at,
            row.due_at,
            row.replay_at is not None,
            row.delivered_at,
            tuple(calls[row.id]),
        )
        for row in rows
    )
    return HookPage(hook, deliveries, deliveries[-1].id if len(found) > PAGE_DELIVERIES else None)
