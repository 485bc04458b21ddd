"""A history of a million sessions, made within the database: a short one, doubled again and again by SQL."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.expression import ColumnElement

from server.db import tables
from server.db.database import ANALYSIS_LIMIT
from server.db.tables import UtcTime, choices, ledger_head, metadata, offers, outbox, visit_links, visits
from tests.long_history import write_long_history

BLOCK = 1_000
# Each copy is this much later than what it is copied from, times how many blocks that has.
LATER = timedelta(hours=17)
# What does not grow with the number of sessions.
KEPT = (
    *(tables.ledger_head, tables.ledger_check, tables.wordings, tables.accounts),
    *(tables.backup_reports, tables.hidden_cards, tables.set_aside, tables.webhooks, tables.api_tokens),
)
COPIED = [table for table in metadata.sorted_tables if table not in KEPT]
# Of larger histories a scheme has more members, and no more schemes are added: about a hundred with some 2,500 each.
SCHEMES = (
    *(tables.schemes, tables.scheme_logos, tables.scheme_coordinators, tables.scheme_topics, tables.scheme_topic_names),
    *(tables.library_entries, tables.match_runs),
)
SCHEMES_DOUBLED = 3
FAILED = 20
LETTERS = "abcdefghijklmnop"


def load_history(connection: Connection, doublings: int, now: datetime) -> None:
    """BLOCK sessions, doubled so often; the newest was hours before `now`. The schema must be there, and empty.

    Visits that are over are left out, as the server deletes them. The hashes of the ledger are unique, but no chain.
    """
    indexes = [index for table in COPIED for index in table.indexes if not index.unique]
    for index in indexes:
        index.drop(connection)
    write_long_history(connection, BLOCK, now - (2**doublings - 1) * LATER)
    for doubling in range(doublings):
        _double(connection, doubling)
    over = select(visits.c.id).where(visits.c.expires_at <= now)
    connection.execute(visit_links.delete().where(visit_links.c.visit_id.in_(over)))
    connection.execute(visits.delete().where(visits.c.expires_at <= now))
    _finish_jobs(connection, now)
    # The admin has seen to all failures but the newest.
    failed = outbox.c.failed_at.is_not(None)
    recent = select(outbox.c.id).where(failed).order_by(outbox.c.id.desc()).limit(FAILED).scalar_subquery()
    connection.execute(update(outbox).where(failed, outbox.c.id.not_in(recent)).values(dropped_at=now))
    for index in indexes:
        index.create(connection)
    # What was sent to webhooks is deleted after 30 days, too.
    lately = now - timedelta(days=30)
    calls, deliveries = tables.webhook_calls, tables.webhook_deliveries
    connection.execute(calls.delete().where(calls.c.at <= lately))
    connection.execute(deliveries.delete().where(deliveries.c.called_at <= lately))
    newest = connection.execute(select(choices.c.id, choices.c.hash).order_by(choices.c.id.desc()).limit(1)).one()
    connection.execute(update(ledger_head).values(entries=newest.id, hash=newest.hash))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(ANALYSIS_LIMIT)
    else:
        for table in metadata.sorted_tables:
            if "id" in table.c:
                numbers = func.pg_get_serial_sequence(table.name, "id")
                connection.execute(select(func.setval(numbers, func.coalesce(func.max(table.c.id), 1))))
    connection.exec_driver_sql("ANALYZE")


def _finish_jobs(connection: Connection, now: datetime) -> None:
    """Nothing waits for the server's jobs, which would work while its pages are measured."""
    runs, proposals, emails = tables.match_runs.c, tables.match_proposals.c, outbox.c
    later = now + timedelta(days=30)
    waits = emails.sent_at.is_(None), emails.failed_at.is_(None), emails.dropped_at.is_(None)
    for change in (
        update(tables.mentorships).values(nudge_at=later, review_at=later),
        update(tables.courses).where(tables.courses.c.look_at.is_not(None)).values(look_at=later),
        update(tables.reviews).values(until=later),
        update(tables.introductions).values(ask_at=None),
        update(tables.introductions).where(tables.introductions.c.due_at.is_not(None)).values(due_at=later),
        update(tables.routines).values(due_at=later),
        update(tables.match_runs).where(runs.ended_at.is_(None)).values(state="done", ended_at=now, lease_until=None),
        update(tables.match_proposals).where(proposals.due_at.is_not(None)).values(state="lapsed", due_at=None),
        update(outbox).where(*waits).values(sent_at=now),
        update(tables.webhook_deliveries).values(due_at=None, replay_at=None),
        update(tables.people).values(to_compare=False),
    ):
        connection.execute(change)


def _double(connection: Connection, doubling: int) -> None:
    """Copies all rows, with ids after theirs, and with references, unique names and times to match."""
    copied = [table for table in COPIED if doubling < SCHEMES_DOUBLED or table not in SCHEMES]
    newest = {table: _newest_id(connection, table) for table in copied if "id" in table.c}
    for table in copied:
        values = [_copy_of(connection, column, newest, doubling) for column in table.c]
        connection.execute(insert(table).from_select(list(table.c.keys()), select(*values).select_from(table)))


def _newest_id(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _copy_of(
    connection: Connection, column: Column[Any], newest: dict[Table, int], doubling: int
) -> ColumnElement[Any]:
    if column is choices.c.subject_id:
        return column + newest[offers]
    if isinstance(column.type, UtcTime):
        seconds = int(LATER.total_seconds()) * 2**doubling
        if connection.dialect.name == "sqlite":
            return literal_column(f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{seconds} seconds')")
        return literal_column(f"{column} + interval '{seconds} seconds'")
    if _tells_apart(column) and column.name.endswith("hash"):
        # A letter that no hash has, at another place each time: it differs from all others, and is no longer.
        return func.substr(column, 1, doubling) + "z" + func.substr(column, doubling + 2)
    if _tells_apart(column):
        return literal(LETTERS[doubling]) + column
    refers_to = [key.column.table for key in column.foreign_keys] or [column.table] * (column.name == "id")
    if isinstance(column.type, Integer) and refers_to and refers_to[0] in newest:
        return column + newest[refers_to[0]]
    return column


@cache
def _tells_apart(column: Column[Any]) -> bool:
    """Whether it must differ from row to row, as nothing else that a copy changes does."""
    table = column.table
    constraints = (each for each in table.constraints if isinstance(each, UniqueConstraint | PrimaryKeyConstraint))
    unique = [list(each.columns) for each in (*constraints, *(index for index in table.indexes if index.unique))]
    mine = [columns for columns in unique if column in columns and not column.foreign_keys]
    return any(not any(map(_refers_to_copied, columns)) for columns in mine)


def _refers_to_copied(column: Column[Any]) -> bool:
    return column.name == "id" or any(key.column.table in COPIED for key in column.foreign_keys)
