"""Tables to download, for programs: a JSON array with an object for each row."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any


class JsonTable:
    """Written piece by piece: `begin`, any number of `rows`, `end`."""

    content_type = "application/json"
    suffix = "json"

    def begin(self, header: Sequence[str]) -> bytes:
        self._header, self._is_first = header, True
        return b"["

    def rows(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Values are text, numbers, times with their zone, or None."""
        return b"".join(map(self._row, rows))

    def end(self) -> bytes:
        return b"\n]\n"

    def _row(self, row: Sequence[Any]) -> bytes:
        record = json.dumps(dict(zip(self._header, row, strict=True)), ensure_ascii=False, default=_time)
        start, self._is_first = "\n" if self._is_first else ",\n", False
        return (start + record).encode(errors="replace")


def _time(value: datetime) -> str:
    return value.isoformat()
