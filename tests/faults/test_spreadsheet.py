"""W6: a table opened in a real spreadsheet program holds text alone, whatever separator the reader chose."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.web.csv_file import SEPARATORS, sheet
from server.web.xlsx_file import XlsxTable

FORMULA = re.compile(r'table:formula="([^"]*)"')
WRITTEN = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "|calc", "%1", "{=1+1}", "\0=1+1"),
    *("＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "😀=1", "=😀", "\u202e=1+1", "\u2066=1+1", "\u200f=1+1", "\u061c=1+1"),
    *(" =1+1", "\u00a0=1+1", "\ufeff=1+1", "\u200b=1+1", "\u2003=1+1", "\u3000=1+1", "\x0b=1+1", "\u2028=1+1"),
    *('a"=1+1', '"=1+1"', "a,=1+1", "a;=1+1", "a; =1+1", "a\t=1+1", "a\n=1+1", "a\r\n\t=1+1", 'a";"=1+1', 'a"\t"=1+1'),
    *('=HYPERLINK("http://localhost/","y")', "=cmd|' /C calc'!A0", "'=1+1", "''=1+1", ",,=1+1", ";;=1+1", "\t\t=1+1"),
)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
async def test_opened_in_a_spreadsheet_no_cell_is_a_formula(tmp_path: Path, separator: str) -> None:
    files, raw = [tmp_path / f"{name}.csv" for name in SEPARATORS], tmp_path / "raw.csv"
    for file, written_with in zip(files, SEPARATORS.values(), strict=True):
        rows = [(number, words) for number, words in enumerate(WRITTEN)]
        file.write_bytes(sheet(["entry", "words"], rows, written_with))
    raw.write_text(f'"1"{separator}"=1+1"\r\n')
    await convert(*files, raw, separator=separator)
    for file, written_with in zip(files, SEPARATORS.values(), strict=True):
        opened = file.with_suffix(".fods").read_text()
        assert opened.count("<table:table-row") >= len(WRITTEN)
        assert FORMULA.findall(opened) == []
        assert ("<text:p>words</text:p>" in opened) == (separator == written_with), "columns"
    assert FORMULA.findall(raw.with_suffix(".fods").read_text()) == ["of:=1+1"]


async def test_a_workbook_holds_text_numbers_and_times_and_no_formula(tmp_path: Path) -> None:
    file, at = tmp_path / "sessions.xlsx", datetime(2026, 11, 29, 8, 30, tzinfo=UTC)
    table = XlsxTable(at)
    file.write_bytes(table.begin(["words", "minutes", "at"]) + table.rows((w, 30, at) for w in WRITTEN) + table.end())
    await convert(file)
    opened = file.with_suffix(".fods").read_text()
    assert FORMULA.findall(opened) == []
    assert opened.count('office:value="30"') == len(WRITTEN)
    assert opened.count('office:date-value="2026-11-29T08:30:00"') == len(WRITTEN)


async def convert(*files: Path, separator: str | None = None) -> None:
    """Lets LibreOffice open the files, with this separator if they are tables, and save each as a flat document."""
    folder = files[0].parent
    tables = [] if separator is None else [f"--infilter=CSV:{ord(separator)},34,76,1"]
    converting = await asyncio.create_subprocess_exec(
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        *tables,
        "--convert-to",
        "fods",
        "--outdir",
        str(folder),
        *map(str, files),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await asyncio.wait_for(converting.wait(), 60) == 0
