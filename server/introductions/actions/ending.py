"""What ends introductions by itself: their time, and the erasure of one of their people."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import Statement
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.introductions.rules.introductions import Change, erased
from server.introductions.saving import save
from server.introductions.store.answers import consents_in
from server.introductions.store.introductions import due_introductions, forget_added, live_of, lock_any_introduction


async def end_introductions(db: Database, now: datetime) -> int:
    """Ends those whose time is over, of which nobody is told; returns how many."""
    async with db.reading() as connection:
        due = await due_introductions(connection, now)
    return await for_each(db, Work.INTRODUCTION_END, due, partial(_end, db, now), now)


async def leave_introductions(connection: AsyncConnection, by: Statement, now: datetime) -> None:
    """For somebody who is erased in this transaction: `by` is what they say of taking back a yes."""
    for introduction_id in await live_of(connection, by.person_id):
        introduction = await lock_any_introduction(connection, introduction_id)
        if introduction is not None:
            change = erased(introduction, by.person_id, await consents_in(connection, introduction.id))
            await save(connection, introduction, change, now, by)
    await forget_added(connection, by.person_id)


async def _end(db: Database, now: datetime, introduction_id: int) -> bool:
    async with db.writing() as connection:
        introduction = await lock_any_introduction(connection, introduction_id)
        if introduction is None or introduction.as_of(now) == introduction:
            return False
        await save(connection, introduction, Change(introduction.as_of(now).state, None), now)
        return True
