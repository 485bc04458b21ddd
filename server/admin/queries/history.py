"""The session history: one page of it, all of it for an export, and the people whom it is about."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.queries.emails import list_aside
from server.admin.queries.sessions import HistoryRow, read_rows
from server.admin.rules.history import COUNTED, COUNTED_AT_ONCE, HistoryCounts, HistoryFilter, RowKey, Sort
from server.admin.store.history import Scope, along_time, count_rows, find_rows, named_people, scope_of
from server.catchups.queries.ledger import CheckVerdict, read_check_verdict
from server.catchups.store.catchups import mentees, mentors
from server.db.database import Database
from server.db.tables import mentorships, people
from server.errors import NotFound
from server.mail.outages import read_outage
from server.mail.outbox import count_waiting

PAGE_ROWS = 50
EXPORTED_AT_ONCE = 100
NAMED = select(people.c.id, people.c.name).where(people.c.id == bindparam("id"))
PAIR = (
    select(mentorships.c.mentor_id, mentorships.c.mentee_id, mentors.c.name, mentees.c.name.label("mentee_name"))
    .join(mentors, mentors.c.id == mentorships.c.mentor_id)
    .join(mentees, mentees.c.id == mentorships.c.mentee_id)
    .where(mentorships.c.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class About:
    """Whose history it is, when it is that of one person or of one pair: `names` are empty otherwise. A search that
    finds one person is about them, too."""

    names: tuple[str, ...] = ()
    people: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`wanted` is the filter, sorted by time when there are too many rows to sort them by name (`unsorted`).

    `counts` are None for a name of many people. `total` is how many rows the filter has, None for more than are
    counted; `next` is the last row, None on the last page.

    `check` is what is known of the ledger; `undelivered` is how many emails could not be delivered, `aside` how much
    other work was set aside, and `mail_stopped` whether the mail server takes no emails.
    """

    wanted: HistoryFilter
    unsorted: bool
    rows: tuple[HistoryRow, ...]
    next: RowKey | None
    counts: HistoryCounts | None
    total: int | None
    about: About
    check: CheckVerdict
    undelivered: int
    aside: int
    mail_stopped: bool


async def read_history_page(
    db: Database, wanted: HistoryFilter, after: RowKey | None, key: bytes, now: datetime, *, count_all: bool = False
) -> HistoryPage:
    """`after` is the last row of the page before; `key` is the one of the ledger's head; `count_all`: however many rows
    there are. Raises NotFound when the filter's person or pair does not exist."""
    most = None if count_all else COUNTED if wanted.sort.by_name else COUNTED_AT_ONCE
    async with db.reading() as connection:
        about = await _about(connection, wanted)
        scope, counts = await _counted(connection, await scope_of(connection, wanted), most)
        found = await find_rows(connection, scope, after, PAGE_ROWS + 1)
        return HistoryPage(
            wanted=scope.wanted,
            unsorted=scope.wanted.sort is not wanted.sort,
            rows=await read_rows(connection, found[:PAGE_ROWS]),
            next=found[PAGE_ROWS - 1] if len(found) > PAGE_ROWS else None,
            counts=counts,
            total=counts.of_states(wanted.wanted_states) if counts else None,
            about=about,
            check=await read_check_verdict(connection, key),
            undelivered=(await count_waiting(connection, now)).failed,
            aside=len(await list_aside(connection)),
            mail_stopped=await read_outage(connection) is not None,
        )


async def each_row(db: Database, wanted: HistoryFilter) -> AsyncGenerator[tuple[HistoryRow, ...], None]:
    """All rows of the filter in the page's order, a hundred at a time, as they were at one moment."""
    async with db.reading() as connection:
        scope = await scope_of(connection, wanted)
        if wanted.sort.by_name or scope.few:
            scope, _ = await _counted(connection, scope, COUNTED)
        after = None
        while keys := await find_rows(connection, scope, after, EXPORTED_AT_ONCE):
            yield await read_rows(connection, keys)
            after = keys[-1]


async def _counted(connection: AsyncConnection, scope: Scope, most: int | None) -> tuple[Scope, HistoryCounts | None]:
    """How many rows there are, up to `most` and not of a name of many, and how to find them: sorted by time instead of
    by name, where there are too many rows for that."""
    wanted = scope.wanted
    counts = await count_rows(connection, scope, most) if scope.countable else None
    total = counts.of_states(wanted.wanted_states) if counts else None
    if wanted.sort.by_name and (total is None or total > COUNTED):
        scope = replace(scope, wanted=replace(wanted, sort=Sort.NEWEST))
    return along_time(scope, counts) if counts else scope, counts


async def _about(connection: AsyncConnection, wanted: HistoryFilter) -> About:
    if wanted.mentorship_id is not None:
        pair = (await connection.execute(PAIR, {"id": wanted.mentorship_id})).one_or_none()
        if pair is None:
            raise NotFound
        return About((pair.name, pair.mentee_name), (pair.mentor_id, pair.mentee_id))
    if wanted.person_id is not None:
        person = (await connection.execute(NAMED, {"id": wanted.person_id})).one_or_none()
        if person is None:
            raise NotFound
        return About((person.name,), (person.id,))
    found = await named_people(connection, wanted.name, 2)
    return About(people=found if len(found) == 1 else ())
