"""Adding, trying, stopping and removing webhooks, and sending an event again."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.webhooks.rules.events import shown_secret, signing_key
from server.webhooks.rules.hooks import MOST_HOOKS, StoppedBy, TooManyHooks, check_url
from server.webhooks.store import hooks, queue

SALT_BYTES = 24


async def add_hook(db: Database, visitor: Visitor, key: bytes, url: str, now: datetime) -> tuple[int, str]:
    """The new hook's id, and the secret with which its receiver checks signatures. `key` is the server's.

    Raises NotFound, InvalidInput or TooManyHooks.
    """
    url, salt = check_url(url), secrets.token_urlsafe(SALT_BYTES)
    async with db.writing() as connection:
        if len(await hooks.all_hooks(connection)) >= MOST_HOOKS:
            raise TooManyHooks
        hook_id = await hooks.add_hook(connection, url, salt, now)
        await _record(connection, visitor, Act.ADDED_HOOK, hook_id, now)
    return hook_id, shown_secret(signing_key(key, salt))


async def remove_hook(db: Database, visitor: Visitor, hook_id: int, now: datetime) -> None:
    """With what waits for it. Raises NotFound."""
    async with db.writing() as connection:
        if not await hooks.remove_hook(connection, hook_id):
            raise NotFound
        await _record(connection, visitor, Act.REMOVED_HOOK, hook_id, now)


async def stop_hook(db: Database, visitor: Visitor, hook_id: int, now: datetime) -> None:
    """What waits for it stays; nothing new is queued for it. Raises NotFound, also when it is off."""
    async with db.writing() as connection:
        if not await hooks.stop_hook(connection, hook_id, StoppedBy.ADMIN, now):
            raise NotFound
        await _record(connection, visitor, Act.STOPPED_HOOK, hook_id, now)


async def start_hook(db: Database, visitor: Visitor, hook_id: int, now: datetime) -> None:
    """What waits for it is due at once. Raises NotFound, also when it is on."""
    async with db.writing() as connection:
        if not await hooks.start_hook(connection, hook_id):
            raise NotFound
        await queue.wake(connection, hook_id, now)
        await _record(connection, visitor, Act.STARTED_HOOK, hook_id, now)


async def try_hook(db: Database, visitor: Visitor, hook_id: int, now: datetime) -> None:
    """Queues one call about nothing. Raises NotFound."""
    async with db.writing() as connection:
        if await hooks.find_hook(connection, hook_id) is None:
            raise NotFound
        await queue.queue_test(connection, hook_id, f"test-{secrets.token_hex(8)}", now)
        await _record(connection, visitor, Act.TESTED_HOOK, hook_id, now)


async def replay(db: Database, visitor: Visitor, delivery_id: int, now: datetime) -> int:
    """Queues one more call of an event, with its id; the id of its hook. Raises NotFound."""
    async with db.writing() as connection:
        hook_id = await queue.queue_replay(connection, delivery_id, now)
        if hook_id is None:
            raise NotFound
        await _record(connection, visitor, Act.REPLAYED_CALL, hook_id, now)
    return hook_id


async def _record(connection: AsyncConnection, visitor: Visitor, act: Act, hook_id: int, now: datetime) -> None:
    """Raises NotFound when it is nobody who runs the scheme."""
    await record(connection, acting(visitor), act, now, subject=AuditSubject("hook", hook_id))
