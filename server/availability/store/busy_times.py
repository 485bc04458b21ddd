"""When a person is busy: the address of their own calendar, and the times that were read from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.calendar.busy_times import BusyTimes
from server.availability.rules import Interval
from server.db.tables import busy_feeds, busy_times

BUSY_BETWEEN = (
    select(busy_times.c.begins, busy_times.c.ends)
    .where(
        busy_times.c.person_id == bindparam("person_id"),
        busy_times.c.begins < bindparam("until"),
        busy_times.c.ends > bindparam("since"),
    )
    .order_by(busy_times.c.begins, busy_times.c.ends)
)


@dataclass(frozen=True, slots=True)
class BusyFeed:
    """A person's calendar on another server. `url` is its owner's secret.

    `tried_at` is when it was last fetched, `read_at` when that last succeeded, `failures` how often it has failed
    since; `last_error` is the sentence about the last failure. `skipped` is how many of its entries could not be read.
    """

    person_id: int
    url: str
    etag: str
    tried_at: datetime | None
    read_at: datetime | None
    failures: int
    last_error: str | None
    skipped: int


async def feed_of(connection: AsyncConnection, person_id: int) -> BusyFeed | None:
    row = (await connection.execute(select(busy_feeds).where(busy_feeds.c.person_id == person_id))).one_or_none()
    return _feed_of(row) if row else None


async def set_feed(connection: AsyncConnection, person_id: int, url: str, now: datetime) -> BusyFeed:
    """Replaces the person's calendar and deletes the times of the one before. It is due at once.

    The person must be locked.
    """
    await remove_feed(connection, person_id)
    added = insert(busy_feeds).values(
        person_id=person_id, url=url, etag="", due_at=now, tried_at=now, failures=0, skipped=0
    )
    return _feed_of((await connection.execute(added.returning(busy_feeds))).one())


async def remove_feed(connection: AsyncConnection, person_id: int) -> None:
    """Deletes the calendar and its times."""
    await connection.execute(delete(busy_feeds).where(busy_feeds.c.person_id == person_id))
    await connection.execute(delete(busy_times).where(busy_times.c.person_id == person_id))


async def claim_due(connection: AsyncConnection, now: datetime, next_try: datetime) -> BusyFeed | None:
    """The calendar that has been due longest. Until `next_try` nobody else can claim it."""
    row = (
        await connection.execute(
            select(busy_feeds)
            .where(busy_feeds.c.due_at <= now)
            .order_by(busy_feeds.c.due_at, busy_feeds.c.person_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    return await _claimed(connection, row, now, next_try)


async def claim(
    connection: AsyncConnection, person_id: int, tried_before: datetime, now: datetime, next_try: datetime
) -> BusyFeed | None:
    """This person's calendar, due or not; None when there is none or it was fetched after `tried_before`."""
    row = (
        await connection.execute(select(busy_feeds).where(busy_feeds.c.person_id == person_id).with_for_update())
    ).one_or_none()
    if row is not None and row.tried_at is not None and row.tried_at > tried_before:
        return None
    return await _claimed(connection, row, now, next_try)


async def note_read(
    connection: AsyncConnection,
    feed: BusyFeed,
    found: BusyTimes | None,
    etag: str,
    now: datetime,
    due_at: datetime,
) -> bool:
    """Replaces the known times by what was found (None: they have not changed).

    False when the calendar was removed or replaced in the meantime; then nothing is saved.
    """
    result = await connection.execute(
        update(busy_feeds)
        .where(busy_feeds.c.person_id == feed.person_id, busy_feeds.c.url == feed.url)
        .values(read_at=now, etag=etag, due_at=due_at, failures=0, last_error=None, **_skipped(found))
    )
    if result.rowcount == 0:
        return False
    if found is not None:
        await connection.execute(delete(busy_times).where(busy_times.c.person_id == feed.person_id))
        rows = [{"person_id": feed.person_id, "begins": begins, "ends": ends} for begins, ends in found.times]
        if rows:
            await connection.execute(insert(busy_times), rows)
    return True


async def note_failure(connection: AsyncConnection, feed: BusyFeed, error: str, due_at: datetime) -> None:
    """Saves the error and when to try again; the times that were read before still count."""
    await connection.execute(
        update(busy_feeds)
        .where(busy_feeds.c.person_id == feed.person_id, busy_feeds.c.url == feed.url)
        .values(last_error=error[:300], failures=busy_feeds.c.failures + 1, due_at=due_at)
    )


async def busy_between(
    connection: AsyncConnection, person_id: int, since: datetime, until: datetime
) -> tuple[Interval, ...]:
    """The busy times of this person's calendar that overlap the interval, the earliest first."""
    rows = await connection.execute(BUSY_BETWEEN, {"person_id": person_id, "since": since, "until": until})
    return tuple((row.begins, row.ends) for row in rows)


async def count_busy(connection: AsyncConnection, person_id: int, since: datetime) -> int:
    """How many busy times end after `since`."""
    found = await connection.execute(
        select(func.count()).where(busy_times.c.person_id == person_id, busy_times.c.ends > since)
    )
    return int(found.scalar_one())


async def _claimed(
    connection: AsyncConnection, row: Row[Any] | None, now: datetime, next_try: datetime
) -> BusyFeed | None:
    if row is None:
        return None
    await connection.execute(
        update(busy_feeds).where(busy_feeds.c.person_id == row.person_id).values(tried_at=now, due_at=next_try)
    )
    return _feed_of(row)


def _skipped(found: BusyTimes | None) -> dict[str, int]:
    return {"skipped": found.skipped} if found else {}


def _feed_of(row: Row[Any]) -> BusyFeed:
    return BusyFeed(
        row.person_id, row.url, row.etag, row.tried_at, row.read_at, row.failures, row.last_error, row.skipped
    )
