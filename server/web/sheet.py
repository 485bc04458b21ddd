"""Tables for people to keep: CSV that spreadsheets read as text, whatever people wrote into it (W6)."""

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet takes for the beginning of a formula, in wide letters, too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file: UTF-8 with its mark, so that every spreadsheet knows it; each cell quoted, none of them a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", errors="replace")


def cell(value: object) -> str:
    """The value as text, with an apostrophe before what would be computed; empty for None."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA) else text
