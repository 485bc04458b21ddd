"""What a table says, and what becomes of each of its rows."""

import pytest

from server.admin.rules.importing import (
    ROWS_LIMIT,
    Fate,
    ImportedPerson,
    ImportRow,
    KnownPeople,
    as_text,
    from_text,
    keys_in,
    plan_import,
    read_import,
)
from server.admin.rules.spreadsheet import read_rows
from server.errors import InvalidInput
from server.people.rules.mentorships import MentorshipState

MAYA, SAM = ImportedPerson("Maya", "maya@example.org"), ImportedPerson("Sam", "sam@example.org")
NOBODY = ImportedPerson()


def rows_of(text: str) -> tuple[ImportRow, ...]:
    return read_import(read_rows(text))


def fates(*rows: ImportRow, known: KnownPeople = KnownPeople()) -> list[tuple[Fate, list[str]]]:  # noqa: B008
    plan = plan_import(rows, known)
    return [(planned.fate, [str(note) for note in planned.notes]) for planned in plan.rows]


@pytest.mark.parametrize(
    "text",
    [
        "Mentor name,Mentor email,Mentee name,Mentee email\nMaya,maya@example.org,Sam,sam@example.org",
        "Mentee E-Mail;Mentee;Mentor*in E-Mail-Adresse;Mentor/in\nsam@example.org;Sam;maya@example.org;Maya",
        "Maya\tmaya@example.org\tSam\tsam@example.org",
        "E-mail (mentor),Vorname Mentor,Notes,Name of the mentee,MENTEE EMAIL\n"
        "maya@example.org,Maya,hi,Sam,sam@example.org",
    ],
)
def test_the_columns_are_found_by_their_headings_or_their_order(text: str) -> None:
    [row] = rows_of(text)
    assert (row.mentor, row.mentee) == (MAYA, SAM)


def test_people_come_alone_too_and_in_parts() -> None:
    [first, second] = rows_of(
        "Vorname;Nachname;E-Mail;Sprache\nMaya;Lindqvist;maya@example.org;Deutsch\n;Li;li@example.org;"
    )
    assert first == ImportRow(2, ImportedPerson("Maya Lindqvist", "maya@example.org", "Deutsch"), NOBODY)
    assert second.mentor.name == "Li"
    plan = plan_import([first, second], KnownPeople())
    assert [person.language for person in plan.people.values()] == ["de", None]
    assert (plan.pairs, plan.ready) == ((), True)


@pytest.mark.parametrize("text", ["", "Name,Phone\nMaya,1", "Name,E-Mail\n", "x" * 10])
def test_what_has_no_people_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        rows_of(text)


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="5000 rows"):
        rows_of("\n".join(f"a,{number}@example.org" for number in range(ROWS_LIMIT + 1)))


def test_each_row_has_its_fate() -> None:
    known = KnownPeople(
        {"maya@example.org": "Maya L", "eve@example.org": "Eve", "ben@example.org": "Ben"},
        {
            ("maya@example.org", "eve@example.org"): MentorshipState.ACTIVE,
            ("maya@example.org", "ben@example.org"): MentorshipState.ENDED,
        },
    )
    eve, ben = ImportedPerson("Eve", "EVE@example.org"), ImportedPerson("Ben", "ben@example.org")
    here = "Maya L is here already, and keeps this name."
    assert fates(
        ImportRow(2, MAYA, SAM),
        ImportRow(3, MAYA, SAM),
        ImportRow(4, MAYA, ImportedPerson("Samuel", "SAM@example.org")),
        ImportRow(5, ImportedPerson("Li", "li@example.org"), ImportedPerson("Samuel", "sam@example.org")),
        ImportRow(6, MAYA, eve),
        ImportRow(7, MAYA, ben),
        ImportRow(8, MAYA, NOBODY),
        ImportRow(9, MAYA, ImportedPerson("X", "x"), out=True),
        known=known,
    ) == [
        (Fate.ADDED, [here]),
        (Fate.DOUBLE, ["The same as row 2."]),
        (Fate.DOUBLE, ["The same as row 2."]),
        (Fate.ADDED, ["Row 2 has the same address for Sam. That name counts."]),
        (Fate.KNOWN, [here, "Eve is here already, and keeps this name.", "They are a pair already."]),
        (Fate.ADDED, [here, "Ben is here already, and keeps this name.", "Their mentorship goes on again."]),
        (Fate.KNOWN, [here]),
        (Fate.LEFT_OUT, []),
    ]


@pytest.mark.parametrize(
    ("mentor", "mentee", "bad"),
    [
        (MAYA, ImportedPerson("Sam", ""), "mentee_email"),
        (ImportedPerson("", "maya@example.org"), SAM, "mentor_name"),
        (MAYA, ImportedPerson("Sam", "sam@@example.org"), "mentee_email"),
        (MAYA, ImportedPerson("Sam", "MAYA@example.org"), "mentee_email"),
        (MAYA, ImportedPerson("Sam", "sam@example.org", "Klingon"), "mentee_language"),
        (ImportedPerson("x" * 201, "maya@example.org"), SAM, "mentor_name"),
    ],
)
def test_a_wrong_row_says_which_field(mentor: ImportedPerson, mentee: ImportedPerson, bad: str) -> None:
    plan = plan_import([ImportRow(2, mentor, mentee)], KnownPeople())
    assert ([planned.bad for planned in plan.rows], plan.ready, dict(plan.people)) == ([bad], False, {})


def test_nothing_to_do_is_not_ready() -> None:
    known = KnownPeople({"maya@example.org": "Maya"})
    assert not plan_import([ImportRow(2, MAYA, NOBODY)], known).ready


def test_a_form_carries_the_rows_as_they_are() -> None:
    rows = (
        ImportRow(2, ImportedPerson('Maya "🌱" L', "maya@example.org", "de"), SAM),
        ImportRow(7, MAYA, NOBODY, out=True),
    )
    assert from_text(as_text(rows)) == rows
    assert keys_in(rows) == {"maya@example.org", "sam@example.org"}


@pytest.mark.parametrize(
    "text", ["", "{}", "1", "[1]", '[["x"]]', "[[1,2,3,4,5,6,7,8]]", "[" * 100_000, '[["x","","","","","","",false]]']
)
def test_what_the_form_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        from_text(text) or rows_of("")
