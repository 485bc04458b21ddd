"""Two thousand people from files as spreadsheet programs write them: what becomes of each row is told.

Each file keeps to the conventions of its program: encoding, byte order mark, separator, line ends, what is quoted, and
what it makes of characters that its encoding lacks.
"""

import codecs
import csv
import io
from collections.abc import Callable

import pytest

from server.admin.rules.importing import Fate, KnownPeople, plan_import, read_import
from server.admin.rules.spreadsheet import decode, read_rows

PAIRS = 1000
ENGLISH = ("Mentor name", "Mentor email", "Mentee name", "Mentee email", "Language")
GERMAN = ("Mentor*in", "E-Mail Mentor*in", "Mentee", "E-Mail Mentee", "Sprache")


def pairs(language: str) -> list[tuple[str, ...]]:
    """Names with commas, semicolons, quotes and emoji, a line break in a cell, blanks, and some that are wrong."""
    names = ("Jörg Müller", "Lindqvist, Maya", "O'Neil; Ann", 'Nour "N" Haddad', "Zoë 🌱 Li", "Ana\nLima", "  Per  Ås ")
    rows = []
    for number in range(PAIRS):
        name = names[number % len(names)]
        mentor = (f"{name} {number}", f"mentor{number}@example.org")
        rows.append((*mentor, f"Mentee {number}", f" Mentee{number}@Example.org ", language if number % 2 else ""))
    # A bad address, a row as another one, and no name.
    rows[10] = (*rows[10][:3], "mentee10 at example.org", "")
    rows[20] = rows[19]
    rows[30] = ("", *rows[30][1:])
    return rows


def saved(
    rows: list[tuple[str, ...]],
    *,
    delimiter: str,
    line_end: str,
    encoding: str,
    mark: bytes = b"",
    last: str | None = None,
) -> bytes:
    """Cells are quoted where they need it. The encoding's missing characters become question marks."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    text = written.getvalue()
    if last is not None:
        text = text.removesuffix(line_end) + last
    return mark + text.encode(encoding, "replace")


def excel(delimiter: str, encoding: str, mark: bytes = b"") -> Callable[[list[tuple[str, ...]]], bytes]:
    return lambda rows: saved(rows, delimiter=delimiter, line_end="\r\n", encoding=encoding, mark=mark)


def numbers(rows: list[tuple[str, ...]]) -> bytes:
    """The whole table goes out, with its empty last column and rows."""
    wide = [(*row, "") for row in rows] + [("",) * 6] * 3
    return saved(wide, delimiter=",", line_end="\n", encoding="utf-8")


PROGRAMS: dict[str, tuple[tuple[str, ...], str, Callable[[list[tuple[str, ...]]], bytes]]] = {
    "Excel, German, CSV": (GERMAN, "Deutsch", excel(";", "cp1252")),
    "Excel, German, CSV UTF-8": (GERMAN, "Deutsch", excel(";", "utf-8", codecs.BOM_UTF8)),
    "Excel, German, Unicode text": (GERMAN, "Deutsch", excel("\t", "utf-16-le", codecs.BOM_UTF16_LE)),
    "Excel, English, CSV": (ENGLISH, "German", excel(",", "cp1252")),
    "Excel, English, CSV UTF-8": (ENGLISH, "German", excel(",", "utf-8", codecs.BOM_UTF8)),
    "Google Sheets, CSV": (
        ENGLISH,
        "de",
        lambda rows: saved(rows, delimiter=",", line_end="\r\n", encoding="utf-8", last=""),
    ),
    "Google Sheets, TSV": (
        ENGLISH,
        "de",
        # It has no quotes: a tab or line break in a cell becomes a blank.
        lambda rows: "\r\n".join("\t".join(cell.replace("\n", " ") for cell in row) for row in rows).encode(),
    ),
    "LibreOffice": (GERMAN, "Deutsch", lambda rows: saved(rows, delimiter=",", line_end="\n", encoding="utf-8")),
    "LibreOffice, semicolons and Windows-1252": (
        GERMAN,
        "Deutsch",
        lambda rows: saved(rows, delimiter=";", line_end="\n", encoding="cp1252"),
    ),
    "Numbers": (ENGLISH, "German", numbers),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_row_of_each_program_has_its_fate(program: str) -> None:
    headings, language, save = PROGRAMS[program]
    rows = read_import(read_rows(decode(save([headings, *pairs(language)]))))
    plan = plan_import(rows, KnownPeople())
    wrong = [(planned.row.number, planned.bad) for planned in plan.rows if planned.fate is Fate.WRONG]
    assert wrong == [(12, "mentee_email"), (32, "mentor_name")]
    assert (plan.count(Fate.DOUBLE), plan.count(Fate.ADDED)) == (1, PAIRS - 3)
    assert len(plan.pairs) == PAIRS - 3
    lost = "?" if program.endswith(("n, CSV", "h, CSV", "1252")) else "🌱"
    found = {person.email: (person.name, person.language) for person in plan.people.values()}
    assert found["mentor1@example.org"] == ("Lindqvist, Maya 1", "de")
    assert found["mentor2@example.org"] == ("O'Neil; Ann 2", None)
    assert found["mentor3@example.org"] == ('Nour "N" Haddad 3', "de")
    assert found["mentor4@example.org"] == (f"Zoë {lost} Li 4", None)
    assert found["mentor5@example.org"] == ("Ana Lima 5", "de")
    assert found["mentor6@example.org"] == ("Per Ås 6", None)
    assert found["mentor7@example.org"] == ("Jörg Müller 7", "de")
    assert plan.people["mentee0@example.org"].name == "Mentee 0"
