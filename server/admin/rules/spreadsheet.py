"""The cells of a spreadsheet, from a file that it saved as CSV, or as they were copied from it."""

import codecs
import csv
import io

from server.errors import InvalidInput
from server.i18n.texts import N_

Cells = tuple[str, ...]

# Copied cells come with tabs between them, German spreadsheets save with semicolons.
SEPARATORS = "\t;,"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What an Excel, Numbers or LibreOffice document begins with: it is a ZIP archive; older ones are OLE files.
DOCUMENTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
LOOKED_AT = 1000


def decode(content: bytes) -> str:
    """The text of the file: UTF-8 or UTF-16, with or without a byte order mark, else Windows-1252.

    Raises InvalidInput about the field `file` for a document that is no text.
    """
    if content.startswith(DOCUMENTS):
        raise InvalidInput(
            "file", N_("This is a spreadsheet document. Save it as CSV, or copy its cells and paste them.")
        )
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.removeprefix(mark).decode(encoding, "replace")
    begin = content[:LOOKED_AT]
    if begin.count(0) > len(begin) // 4:
        return content.decode("utf-16-le" if begin[1::2].count(0) >= begin[0::2].count(0) else "utf-16-be", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_rows(text: str) -> tuple[tuple[int, Cells], ...]:
    """Each row that is not empty, with its number in the spreadsheet, counted from 1.

    Raises InvalidInput about the field `file` when it is no table.
    """
    text = text.removeprefix("\ufeff").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    skipped = 0
    # Excel writes and reads a first line that names the separator.
    if text[:4].lower() == "sep=":
        text, skipped = text.partition("\n")[2], 1
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise InvalidInput("file", N_("We could not read this as a table. Save it as CSV, and try again.")) from error
    cleaned = (tuple(" ".join(cell.split()) for cell in row) for row in rows)
    return tuple((number, cells) for number, cells in enumerate(cleaned, 1 + skipped) if any(cells))


def _separator(text: str) -> str:
    """The one that makes the most columns of the first line with more than one."""
    for line in io.StringIO(text):
        columns = {separator: len(next(csv.reader([line], delimiter=separator), [])) for separator in SEPARATORS}
        if max(columns.values()) > 1:
            return max(SEPARATORS, key=lambda separator: columns[separator])
    return ","
