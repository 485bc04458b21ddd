"""Tables to download: CSV that spreadsheets read as text, whatever people wrote into it (W6)."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

_BLANK = "[ \u00a0\u200b\ufeff]*"
# What a spreadsheet takes for the beginning of a formula, full-width characters too: at the beginning of a cell, and
# after a character that ends a cell or a row if the reader chooses another separator.
FORMULA = re.compile(rf"^(?={_BLANK}[\t\r\n])|(^|[,;\t\r\n])(?={_BLANK}[=+\-@|%＝＋－＠])")
SEPARATORS = {"comma": ",", "semicolon": ";"}


class CsvTable:
    """Written piece by piece: `begin`, any number of `rows`, `end`.

    UTF-8 with a byte order mark, for spreadsheets; each cell is quoted, and none is a formula.

    Excel splits a file that is opened with a double click only at the list separator of its own country. The line
    `sep=;` would name another, but Excel then ignores the byte order mark, and other programs show it as a row.
    """

    content_type = "text/csv"
    suffix = "csv"

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def begin(self, header: Sequence[str]) -> bytes:
        return codecs.BOM_UTF8 + self.rows([header])

    def rows(self, rows: Iterable[Sequence[object]]) -> bytes:
        written = io.StringIO(newline="")
        writer = csv.writer(written, delimiter=self._separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerows([cell(value) for value in row] for row in rows)
        return written.getvalue().encode(errors="replace")

    def end(self) -> bytes:
        return b""


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]], separator: str) -> bytes:
    """The whole file."""
    table = CsvTable(separator)
    return table.begin(header) + table.rows(rows) + table.end()


def cell(value: object) -> str:
    """The value as text, with an apostrophe before what a spreadsheet would compute; empty for None."""
    text = "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value).replace("\0", "")
    return FORMULA.sub(r"\1'", text)
