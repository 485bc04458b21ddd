"""Tables to download as a workbook of Office Open XML (ECMA-376): text, numbers and times; never a formula."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# A sheet has 1,048,576 rows at most; the rest follows in another one.
SHEET_ROWS = 1_000_000
CELL_LIMIT = 32_767
# What XML 1.0 cannot hold.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 days of a sheet have no zone
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Style 1 is bold, style 2 a time.
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '</numFmts><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class XlsxTable:
    """Written piece by piece: `begin`, any number of `rows`, `end`. Memory does not grow with the rows.

    A row's values are text, numbers, times in the zone of the reader, or None. A time is a time of the sheet, which
    has no zone.
    """

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    suffix = "xlsx"

    def __init__(self, now: datetime, sheet_rows: int = SHEET_ROWS) -> None:
        self._made, self._most = now.timetuple()[:6], sheet_rows
        self._out = _Pieces()
        self._file = ZipFile(self._out, "w", ZIP_DEFLATED)
        self._header: bytes = b""
        self._sheets = self._row = 0

    def begin(self, header: Sequence[str]) -> bytes:
        self._header = _row([_text(name, 1) for name in header])
        self._open_sheet()
        return self._out.take()

    def rows(self, rows: Iterable[Sequence[object]]) -> bytes:
        for row in rows:
            if self._row == self._most:
                self._close_sheet()
                self._open_sheet()
            self._sheet.write(_row([_cell(value) for value in row]))
            self._row += 1
        return self._out.take()

    def end(self) -> bytes:
        self._close_sheet()
        numbers = range(1, self._sheets + 1)
        sheets = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="s{number}"/>' for number in numbers)
        self._add(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
        )
        parts = [(f"s{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
        self._add("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles", "styles.xml")]))
        self._add("_rels/.rels", _relations([("w", "officeDocument", "xl/workbook.xml")]))
        self._add("xl/styles.xml", STYLES.removeprefix(XML))
        kinds = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
        kinds |= {f"/xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers}
        overrides = (f'<Override PartName="{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, kind in kinds.items())
        relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        self._add(
            "[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{relations}{"".join(overrides)}</Types>'
        )
        self._file.close()
        return self._out.take()

    def _open_sheet(self) -> None:
        self._sheets += 1
        self._row = 0
        # Larger than 4 GB, if need be.
        self._sheet = self._file.open(self._info(f"xl/worksheets/sheet{self._sheets}.xml"), "w", force_zip64=True)
        self._sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode() + self._header)

    def _close_sheet(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()

    def _add(self, name: str, text: str) -> None:
        self._file.writestr(self._info(name), XML + text)

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._made)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


class _Pieces(io.RawIOBase):
    """What a ZIP file is written to that nobody can seek in: kept until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload] # any buffer
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _row(cells: Sequence[str]) -> bytes:
    return f"<row>{''.join(cells)}</row>".encode(errors="replace")


def _cell(value: object) -> str:
    match value:
        case None:
            return "<c/>"
        case int() | float():
            return f"<c><v>{value}</v></c>"
        case datetime():
            return f'<c s="2"><v>{(value.replace(tzinfo=None) - EPOCH).total_seconds() / 86_400:.8f}</v></c>'
    return _text(str(value), 0)


def _text(text: str, style: int) -> str:
    clean = escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)[:CELL_LIMIT])
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


def _relations(parts: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>' for id, kind, target in parts)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'
