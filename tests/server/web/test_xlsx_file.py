"""A table as a workbook: read with another reader than what wrote it. tests/faults/test_spreadsheet.py opens one in
LibreOffice."""

import io
from datetime import datetime
from xml.etree import ElementTree
from zipfile import ZipFile

from server.web.xlsx_file import CELL_LIMIT, XlsxTable

NOW = datetime(2026, 11, 29, 8)  # noqa: DTZ001 a time of a sheet has no zone
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def write(*rows, sheet_rows=100):
    table = XlsxTable(NOW, sheet_rows)
    written = table.begin(["name", "value"])
    for row in rows:
        written += table.rows([row])
    return ZipFile(io.BytesIO(written + table.end()))


def cells(book, sheet=1):
    """Each row's values: text as text, numbers as floats."""
    root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314 ours
    return [[_value(cell) for cell in row] for row in root.iter(f"{MAIN}row")]


def _value(cell):
    number = cell.find(f"{MAIN}v")
    return "".join(cell.itertext()) if number is None else float(number.text)


def test_text_is_text_and_numbers_and_times_are_numbers():
    book = write(["=1+1", 7], ["<Åsa> & \x00\ud800", 1.5], ["", NOW], [" x\n", None])
    assert book.testzip() is None
    found = cells(book)
    assert found[0] == ["name", "value"]
    assert found[1] == ["=1+1", 7]
    assert found[2] == ["<Åsa> & ��", 1.5]
    # 46,355 days after 30 December 1899, and a third of one.
    assert (found[3][0], round(found[3][1], 6)) == ("", round(46_355 + 1 / 3, 6))
    assert found[4] == [" x\n", ""]
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_cell_holds_no_more_than_excel_allows():
    assert len(cells(write(["x" * 40_000, 1]))[1][0]) == CELL_LIMIT


def test_more_rows_than_a_sheet_has_go_on_in_the_next():
    book = write(*([f"row {number}", number] for number in range(5)), sheet_rows=2)
    assert [[row[1] for row in cells(book, sheet)[1:]] for sheet in (1, 2, 3)] == [[0, 1], [2, 3], [4]]
    assert cells(book, 3)[0] == ["name", "value"]
    assert book.read("xl/workbook.xml").count(b"<sheet ") == 3


def test_pieces_come_before_the_end():
    """A million rows are not kept until all are written."""
    table = XlsxTable(NOW)
    table.begin(["name"])
    pieces = [table.rows([[f"{number * 7919 % 10_007}"] for number in range(2_000)]) for _ in range(20)]
    assert sum(map(len, pieces)) > len(table.end())
