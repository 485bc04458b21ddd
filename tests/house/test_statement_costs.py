"""The check of what statements cost finds one that walks through a table, and lets pass one that uses an index."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Select, Table, UniqueConstraint, create_engine, select

from server.db.tables import metadata, outbox, people
from tests.statement_costs import statement_costs

WAITING = outbox.c.sent_at.is_(None) & outbox.c.failed_at.is_(None) & outbox.c.dropped_at.is_(None)


@pytest.mark.parametrize(
    ("statement", "costly"),
    [
        (select(people).where(people.c.id == 7), False),
        (select(people).where(people.c.name == "Maya"), True),
        (select(people).where(people.c.name == "Maya").limit(1), True),
        (select(outbox.c.id).where(WAITING).order_by(outbox.c.due_at), False),
        (select(outbox.c.id).where(outbox.c.failed_at.is_(None)).order_by(outbox.c.due_at).limit(5), True),
    ],
)
def test_only_what_walks_through_a_table_is_found(
    tmp_path: Path, long_history: Path, statement: Select[tuple[int]], costly: bool
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    with statement_costs(long_history) as costs, engine.begin() as connection:
        compiled = statement.compile(engine)
        costs.note(connection, str(compiled), tuple(compiled.params[name] for name in compiled.positiontup or ()))
    found = costs.too_costly()
    assert bool(found) is costly
    assert all("SCAN" in each for each in found)


def test_a_statement_of_a_test_is_not_looked_at(tmp_path: Path, long_history: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    with statement_costs(long_history) as costs, engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(select(people).where(people.c.name == "Maya"))
    assert costs.too_costly() == []


def test_what_refers_to_rows_that_are_deleted_has_an_index() -> None:
    """To delete a row, a database looks for what refers to it; this the costs of a deletion of nothing do not show."""
    sources = "".join(path.read_text() for path in Path("server").rglob("*.py"))
    deleted = set(re.findall(r"\bdelete\((\w+)\)", sources))
    assert "links" in deleted
    slow = [
        str(key.parent)
        for table in metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in deleted and not any(columns[0] is key.parent for columns in _indexed(table))
    ]
    assert slow == []


def _indexed(table: Table) -> list[tuple[Column[Any], ...]]:
    """The columns of each index of the table over all of its rows, and of its keys."""
    indexes = [tuple(index.columns) for index in table.indexes if "where" not in str(index.dialect_options["sqlite"])]
    unique = [tuple(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    return [*indexes, *unique, tuple(table.primary_key.columns)]
