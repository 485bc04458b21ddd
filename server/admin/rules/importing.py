"""Bringing many people and pairs in at once: what each row of a table says, and what becomes of it."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.admin.rules.spreadsheet import Cells
from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.i18n.texts import N_, Text
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import check_email, check_name, email_key

ROWS_LIMIT = 5000
SIDES = ("mentor", "mentee")
# What a heading says its column holds, by a part of it; English and German.
HEADINGS: Mapping[str, str] = {
    "mail": "email",
    "vorname": "first",
    "firstname": "first",
    "givenname": "first",
    "nachname": "last",
    "familienname": "last",
    "lastname": "last",
    "familyname": "last",
    "surname": "last",
    "sprache": "language",
    "language": "language",
    "name": "name",
}
# As people write them in a table, beside their tags and own names.
LANGUAGE_NAMES: Mapping[str, str] = {
    "german": "de",
    "englisch": "en",
    "arabic": "ar",
    "arabisch": "ar",
    "عربي": "ar",
    **{language.name.casefold(): code for code, language in LANGUAGES.items()},
    **{code: code for code in LANGUAGES},
}
NO_ADDRESSES = N_("We found no column with email addresses. Name the columns in the first row, as in the example.")
NO_ROWS = N_("There is no row with a person in it.")
TOO_MANY = N_("This has more than %(most)s rows. Please split it.")


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """One of the two in a row, as it is written there; empty where a row has only one. `language` may be empty."""

    name: str = ""
    email: str = ""
    language: str = ""

    @property
    def given(self) -> bool:
        return bool(self.name or self.email)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of the table: a pair, or one person. `number` is the row's in the spreadsheet; `out`: it is left out."""

    number: int
    mentor: ImportedPerson
    mentee: ImportedPerson
    out: bool = False

    @property
    def people(self) -> tuple[ImportedPerson, ...]:
        return tuple(person for person in (self.mentor, self.mentee) if person.given)


class Fate(StrEnum):
    """What becomes of a row."""

    WRONG = "wrong"
    ADDED = "added"
    KNOWN = "known"
    DOUBLE = "double"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """`notes` say more about the fate; `bad` names the field that must be corrected, such as mentor_email."""

    row: ImportRow
    fate: Fate
    notes: tuple[Text, ...] = ()
    bad: str = ""


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """Somebody who is to be added. `language` is a BCP 47 tag, None where none was given."""

    name: str
    email: str
    language: str | None


PairKeys = tuple[str, str]


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """Who is here already: names by the keys of addresses, and the states of mentorships by both keys."""

    names: Mapping[str, str] = field(default_factory=dict)
    pairs: Mapping[PairKeys, MentorshipState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import does: new people by the key of their address, new pairs, and pairs that go on again."""

    rows: tuple[PlannedRow, ...]
    people: Mapping[str, PlannedPerson]
    pairs: tuple[PairKeys, ...]
    resumed: tuple[PairKeys, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is left to correct, and something to do."""
        return self.count(Fate.WRONG) == 0 and bool(self.people or self.pairs or self.resumed)

    def count(self, fate: Fate) -> int:
        return sum(planned.fate is fate for planned in self.rows)


def read_import(rows: Sequence[tuple[int, Cells]]) -> tuple[ImportRow, ...]:
    """The people in the rows of a table. Raises InvalidInput about the field `file`."""
    if not rows:
        raise InvalidInput("file", NO_ROWS)
    if len(rows) > ROWS_LIMIT:
        raise InvalidInput("file", TOO_MANY, most=ROWS_LIMIT)
    columns, body = _columns(rows)
    if not any(what == "email" for _, what in columns.values()):
        raise InvalidInput("file", NO_ADDRESSES)
    found = (_row(number, cells, columns) for number, cells in body)
    people = tuple(row for row in found if row.people)
    if not people:
        raise InvalidInput("file", NO_ROWS)
    return people


def plan_import(rows: Iterable[ImportRow], known: KnownPeople) -> ImportPlan:
    """What becomes of each row, in their order: the first row that names somebody says how they are called."""
    planning = _Planning(known)
    planned = tuple(planning.plan(row) for row in rows)
    return ImportPlan(planned, planning.people, tuple(planning.pairs), tuple(planning.resumed))


def keys_in(rows: Iterable[ImportRow]) -> frozenset[str]:
    """The keys of all addresses in the rows."""
    return frozenset(email_key(person.email) for row in rows for person in row.people if person.email)


def as_text(rows: Iterable[ImportRow]) -> str:
    """The rows as a form carries them from one page to the next."""
    return json.dumps(
        [
            [row.number, *(getattr(getattr(row, side), what) for side in SIDES for what in FIELDS), row.out]
            for row in rows
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_text(text: str) -> tuple[ImportRow, ...]:
    """The rows that `as_text` wrote. Raises InvalidInput about the field `file` for anything else."""
    try:
        listed = json.loads(text)
        rows = tuple(_carried(*each) for each in listed)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput("file", NO_ROWS) from error
    if len(rows) > ROWS_LIMIT:
        raise InvalidInput("file", TOO_MANY, most=ROWS_LIMIT)
    return rows


FIELDS = ("name", "email", "language")


def _carried(number: int, *rest: object) -> ImportRow:
    *texts, out = rest
    if len(texts) != len(SIDES) * len(FIELDS) or not all(isinstance(text, str) for text in texts):
        raise TypeError("no row of ours")
    mentor, mentee = (ImportedPerson(*map(str, texts[at : at + len(FIELDS)])) for at in (0, len(FIELDS)))
    return ImportRow(int(number), mentor, mentee, bool(out))


class _Planning:
    """Goes through the rows, and keeps who and what was planned so far."""

    def __init__(self, known: KnownPeople) -> None:
        self._known = known
        self.people: dict[str, PlannedPerson] = {}
        self.pairs: dict[PairKeys, int] = {}
        self.resumed: dict[PairKeys, int] = {}
        self._named: dict[str, int] = {}
        self._seen: dict[tuple[str, ...], int] = {}

    def plan(self, row: ImportRow) -> PlannedRow:
        if row.out:
            return PlannedRow(row, Fate.LEFT_OUT)
        try:
            row, languages = _checked(row)
        except InvalidInput as problem:
            return PlannedRow(row, Fate.WRONG, (Text(problem.sentence, problem.values),), problem.field)
        keys = tuple(email_key(person.email) for person in row.people)
        if keys in self._seen:
            return PlannedRow(row, Fate.DOUBLE, (Text(SAME_AS, {"row": str(self._seen[keys])}),))
        self._seen[keys] = row.number
        notes = []
        added = False
        for person, key, language in zip(row.people, keys, languages, strict=True):
            added |= self._add(row, person, key, language)
            notes += self._notes_on(row, person, key)
        if len(keys) == len(SIDES):
            added |= self._pair_up((keys[0], keys[1]), row, notes)
        return PlannedRow(row, Fate.ADDED if added else Fate.KNOWN, tuple(notes))

    def _add(self, row: ImportRow, person: ImportedPerson, key: str, language: str | None) -> bool:
        if key in self._known.names or key in self.people:
            return False
        self.people[key] = PlannedPerson(person.name, person.email, language)
        self._named[key] = row.number
        return True

    def _notes_on(self, row: ImportRow, person: ImportedPerson, key: str) -> list[Text]:
        if key in self._known.names:
            return [Text(HERE_ALREADY, {"name": self._known.names[key]})]
        first = self.people[key]
        if self._named[key] != row.number and first.name != person.name:
            return [Text(NAMED_OTHERWISE, {"name": first.name, "row": str(self._named[key])})]
        return []

    def _pair_up(self, keys: PairKeys, row: ImportRow, notes: list[Text]) -> bool:
        state = self._known.pairs.get(keys)
        if state is MentorshipState.ACTIVE:
            notes.append(Text(PAIR_HERE))
            return False
        if state is not None:
            self.resumed[keys] = row.number
            notes.append(Text(GOES_ON))
            return True
        self.pairs[keys] = row.number
        return True


SAME_AS = N_("The same as row %(row)s.")
HERE_ALREADY = N_("%(name)s is here already, and keeps this name.")
NAMED_OTHERWISE = N_("Row %(row)s has the same address for %(name)s. That name counts.")
PAIR_HERE = N_("They are a pair already.")
GOES_ON = N_("Their mentorship goes on again.")
UNKNOWN_LANGUAGE = N_("We do not have this language. Leave it empty, or write one of: %(languages)s.")
TWO_PEOPLE = N_("The mentor and the mentee have the same email address. A mentorship needs two people.")


def _checked(row: ImportRow) -> tuple[ImportRow, tuple[str | None, ...]]:
    """The row with names and addresses as they are kept, and the languages. Raises InvalidInput, as mentor_email."""
    languages = []
    for side in SIDES:
        person: ImportedPerson = getattr(row, side)
        if not person.given:
            continue
        try:
            checked = replace(person, name=check_name(person.name), email=check_email(person.email))
            languages.append(_language(person.language))
        except InvalidInput as problem:
            raise InvalidInput(f"{side}_{problem.field}", problem.sentence, **problem.values) from problem
        row = replace(row, mentor=checked) if side == "mentor" else replace(row, mentee=checked)
    if len(row.people) == len(SIDES) and email_key(row.mentor.email) == email_key(row.mentee.email):
        raise InvalidInput("mentee_email", TWO_PEOPLE)
    return row, tuple(languages)


def _language(written: str) -> str | None:
    """The tag of the language. Raises InvalidInput about the field `language`."""
    if not written:
        return None
    word = written.casefold()
    tag = LANGUAGE_NAMES.get(word) or LANGUAGE_NAMES.get(re.split("[-_]", word)[0])
    if tag is None:
        raise InvalidInput("language", UNKNOWN_LANGUAGE, languages=", ".join(each.name for each in LANGUAGES.values()))
    return tag


Columns = Mapping[int, tuple[str, str]]


def _columns(rows: Sequence[tuple[int, Cells]]) -> tuple[Columns, Sequence[tuple[int, Cells]]]:
    """Which column holds what of whom, by its index, and the rows below the headings.

    Without headings, which hold no @, columns are names and addresses by turns: of the mentor, then of the mentee.
    """
    _, first = rows[0]
    if any("@" in cell for cell in first):
        return {index: (SIDES[index // 2], ("name", "email")[index % 2]) for index in range(min(len(first), 4))}, rows
    return {index: column for index, cell in enumerate(first) if (column := _column(cell))}, rows[1:]


def _column(heading: str) -> tuple[str, str] | None:
    apart = unicodedata.normalize("NFKD", heading.casefold())
    word = "".join(c for c in apart if c.isalnum())
    side = "mentee" if "mentee" in word else "mentor"
    what = next((what for part, what in HEADINGS.items() if part in word), None)
    if what is None and word in ("mentor", "mentorin", "mentee", "mentors", "mentees"):
        what = "name"
    return (side, what) if what else None


def _row(number: int, cells: Cells, columns: Columns) -> ImportRow:
    found = {column: cells[index] for index, column in columns.items() if index < len(cells) and cells[index]}
    mentor, mentee = (
        ImportedPerson(
            found.get((side, "name"))
            or " ".join(filter(None, (found.get((side, "first")), found.get((side, "last"))))),
            found.get((side, "email"), ""),
            found.get((side, "language"), ""),
        )
        for side in SIDES
    )
    return ImportRow(number, mentor, mentee)
