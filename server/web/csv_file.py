"""Tables to download: CSV that spreadsheets read as text, whatever people wrote into it (W6)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BLANK = "[ \u00a0\u200b\ufeff]*"
# What a spreadsheet takes for the beginning of a formula, full-width characters too: at the beginning of a cell, and
# after a character that ends a cell or a row if the reader chooses another separator.
FORMULA = re.compile(rf"^(?={_BLANK}[\t\r\n])|(^|[,;\t\r\n])(?={_BLANK}[=+\-@|%＝＋－＠])")
SEPARATORS = {"comma": ",", "semicolon": ";"}


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]], separator: str) -> bytes:
    """The file: UTF-8 with a byte order mark, for spreadsheets; each cell is quoted, and none is a formula.

    Excel splits a file that is opened with a double click only at the list separator of its own country. The line
    `sep=;` would name another, but Excel then ignores the byte order mark, and other programs show it as a row.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", errors="replace")


def cell(value: object) -> str:
    """The value as text, with an apostrophe before what a spreadsheet would compute; empty for None."""
    text = "" if value is None else str(value).replace("\0", "")
    return FORMULA.sub(r"\1'", text)
