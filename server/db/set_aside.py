"""Work that failed by its own fault: set aside with its reason, so that what is behind it goes on.

A database that is away is no item's fault: that work waits.
"""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database, Unavailable
from server.db.tables import set_aside

REASON_LIMIT = 300
LARGEST_NUMBER = 2**31 - 1
KEPT = timedelta(days=90)

log = logging.getLogger(__name__)


class Work(StrEnum):
    """What was to be done: store news of a call, end an offer that has run out, close a booking whose time is over,
    email what two people agreed to, remind a mentor of a mentorship, offer a routine's next time, note that a call has
    ended, ask the third person of an introduction, end an introduction or a proposed match whose time is over, tell a
    guest when a catch-up is, follow the course of a mentorship that has a planned length, ask both whether things still
    fit, end such a round."""

    NEWS = "news"
    EXPIRY = "expiry"
    MISSED = "missed"
    RECORD = "record"
    NUDGE = "nudge"
    ROUTINE = "routine"
    ENDED = "ended"
    INTRODUCTION = "introduction"
    INTRODUCTION_END = "introduction_end"
    MATCH_END = "match_end"
    GUEST = "guest"
    COURSE = "course"
    REVIEW = "review"
    REVIEW_END = "review_end"


def fault_of(error: Exception) -> str:
    """Why something failed: the type of the error, and which constraint it broke.

    No other message is quoted: it may hold what people wrote.
    """
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    name = type(cause).__name__
    if not isinstance(error, IntegrityError):
        return name
    said = re.sub(r"^<class '[^']*'>: ", "", str(cause)).splitlines()
    return f"{name}: {said[0]}"[:REASON_LIMIT] if said else name


def log_fault(logger: logging.Logger, what: str, error: Exception) -> None:
    """Logs where it failed, and no message that may hold what people wrote."""
    where = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    logger.error("%s: %s\n%s", what, fault_of(error), where)


async def for_each(
    db: Database, work: Work, numbers: Iterable[int], act: Callable[[int], Awaitable[bool]], now: datetime
) -> int:
    """Does the work on each of these, and returns for how many `act` returned true.

    One that fails is set aside: nothing is tried on it again until the admin says so. Raises Unavailable.
    """
    waiting = tuple(numbers)
    if not waiting:
        return 0
    async with db.reading() as connection:
        aside = await items_aside(connection, work)
    done = 0
    for number in waiting:
        if str(number) in aside:
            continue
        try:
            done += await act(number)
        except Unavailable:
            raise
        except Exception as error:
            log_fault(log, f"{work} of {number} is set aside", error)
            async with db.writing() as connection:
                await put_aside(connection, work, str(number), number, fault_of(error), now)
    return done


async def put_aside(
    connection: AsyncConnection, work: Work, item: str, number: int | None, reason: str, now: datetime
) -> None:
    """Sets the item aside, once more if it is already. `number` is what an admin finds it by."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fits = number is not None and 0 <= number <= LARGEST_NUMBER
    added = insert(set_aside).values(
        work=work.value,
        item=item,
        number=number if fits else None,
        reason=reason[:REASON_LIMIT],
        times=1,
        first_at=now,
        last_at=now,
    )
    again = {"times": set_aside.c.times + 1, "last_at": now, "reason": added.excluded.reason}
    await connection.execute(added.on_conflict_do_update(index_elements=["work", "item"], set_=again))


async def items_aside(connection: AsyncConnection, work: Work) -> frozenset[str]:
    rows = await connection.execute(select(set_aside.c.item).where(set_aside.c.work == work.value))
    return frozenset(rows.scalars())


async def take_off_list(connection: AsyncConnection, number: int) -> bool:
    """Takes the row with this id off the list, so that its work is done again. Whether there was one."""
    result = await connection.execute(delete(set_aside).where(set_aside.c.id == number))
    return result.rowcount == 1


async def forget_aside(connection: AsyncConnection, now: datetime) -> None:
    """Deletes the news that was set aside long ago."""
    old = set_aside.c.work == Work.NEWS.value, set_aside.c.last_at <= now - KEPT
    await connection.execute(delete(set_aside).where(*old))
