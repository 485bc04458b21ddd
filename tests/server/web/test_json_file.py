"""A table as JSON: an array of objects, whatever was written into it, also piece by piece."""

import json
from datetime import UTC, datetime

from server.web.json_file import JsonTable


def test_rows_are_objects_by_the_names_of_the_columns():
    table, at = JsonTable(), datetime(2026, 11, 29, 8, tzinfo=UTC)
    written = table.begin(["name", "at", "minutes"])
    written += table.rows([['Åsa "=1"\ud800', at, 30]]) + table.rows([]) + table.rows([[None, None, 1.5]])
    read = json.loads(written + table.end())
    assert read == [
        {"name": 'Åsa "=1"?', "at": "2026-11-29T08:00:00+00:00", "minutes": 30},
        {"name": None, "at": None, "minutes": 1.5},
    ]


def test_no_rows_are_an_empty_array():
    table = JsonTable()
    assert json.loads(table.begin(["a"]) + table.rows([]) + table.end()) == []
