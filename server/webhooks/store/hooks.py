"""Webhooks and whether they work."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import webhooks
from server.webhooks.rules.hooks import Hook, StoppedBy

ALL = select(webhooks).order_by(webhooks.c.id)
ONE = select(webhooks).where(webhooks.c.id == bindparam("id"))


async def add_hook(connection: AsyncConnection, url: str, salt: str, now: datetime) -> int:
    """Its id."""
    new = insert(webhooks).values(url=url, salt=salt, made_at=now)
    return int((await connection.execute(new.returning(webhooks.c.id))).scalar_one())


async def all_hooks(connection: AsyncConnection) -> tuple[Hook, ...]:
    return tuple(_hook_of(row) for row in await connection.execute(ALL))


async def find_hook(connection: AsyncConnection, hook_id: int) -> Hook | None:
    row = (await connection.execute(ONE, {"id": hook_id})).one_or_none()
    return _hook_of(row) if row else None


async def lock_hook(connection: AsyncConnection, hook_id: int) -> bool:
    """Whether there is such a hook. It is locked until the transaction ends; its events must be locked after it."""
    return (await connection.execute(for_update(ONE), {"id": hook_id})).one_or_none() is not None


async def remove_hook(connection: AsyncConnection, hook_id: int) -> bool:
    """With all that was sent to it. Whether there was one."""
    return (await connection.execute(delete(webhooks).where(webhooks.c.id == hook_id))).rowcount == 1


async def stop_hook(connection: AsyncConnection, hook_id: int, by: StoppedBy, now: datetime) -> bool:
    """Whether it was on."""
    running = webhooks.c.id == hook_id, webhooks.c.stopped_at.is_(None)
    result = await connection.execute(update(webhooks).where(*running).values(stopped_at=now, stopped_by=by.value))
    return result.rowcount == 1


async def start_hook(connection: AsyncConnection, hook_id: int) -> bool:
    """Whether it was off. What failed before counts no longer."""
    stopped = webhooks.c.id == hook_id, webhooks.c.stopped_at.is_not(None)
    values = {"stopped_at": None, "stopped_by": None, "failing_since": None}
    return (await connection.execute(update(webhooks).where(*stopped).values(values))).rowcount == 1


async def note_working(connection: AsyncConnection, hook_id: int, now: datetime) -> None:
    values = {"delivered_at": now, "failing_since": None}
    await connection.execute(update(webhooks).where(webhooks.c.id == hook_id).values(values))


async def note_failing(connection: AsyncConnection, hook_id: int, now: datetime) -> datetime:
    """Since when it has been failing. The hook must be locked."""
    since = func.coalesce(webhooks.c.failing_since, bindparam("now", now, type_=webhooks.c.failing_since.type))
    noted = update(webhooks).where(webhooks.c.id == hook_id).values(failing_since=since)
    found: datetime = (await connection.execute(noted.returning(webhooks.c.failing_since))).scalar_one()
    return found


def _hook_of(row: Row[Any]) -> Hook:
    return Hook(
        row.id,
        row.url,
        row.salt,
        row.made_at,
        row.delivered_at,
        row.failing_since,
        row.stopped_at,
        StoppedBy(row.stopped_by) if row.stopped_by else None,
    )
