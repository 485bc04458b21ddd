"""All pairs at once: which of them no hard rule keeps apart, and what each counts. The same as server/matching/rules
says of one pair (`could_be`, `points`), as arrays."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.matching.rules.common_ground import hour_begins
from server.matching.rules.model import ENOUGH_TOPICS, LANGUAGE_POINTS, TERMS, Applicant, Term
from server.matching.solving.common_counts import CommonCounts, Counts
from server.matching.solving.word_points import WordPoints

# Mentors at a time, so that what is made on the way stays small.
BLOCK = 64
NEVER = -1

Scores = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Pairs:
    """`scores` has a row for each mentor and a column for each mentee: points, or NEVER where a hard rule keeps the two
    apart. `mentor_reach` and `mentee_reach`: how many of the rules that others may know, in their order, somebody meets
    with one of the other side at least."""

    mentors: tuple[Applicant, ...]
    mentees: tuple[Applicant, ...]
    scores: Scores
    mentor_reach: NDArray[np.int8]
    mentee_reach: NDArray[np.int8]


def make_pairs(
    mentors: tuple[Applicant, ...], mentees: tuple[Applicant, ...], words: WordPoints, step: Callable[[int, int], None]
) -> Pairs:
    """`step` is told how many mentors of how many are done."""
    scores = np.full((len(mentors), len(mentees)), NEVER, np.int16)
    mentor_reach, mentee_reach = np.zeros(len(mentors), np.int8), np.zeros(len(mentees), np.int8)
    together, apart = _Together(mentors, mentees), _Apart(mentors, mentees)
    for first in range(0, len(mentors), BLOCK):
        step(first, len(mentors))
        rows = slice(first, min(first + BLOCK, len(mentors)))
        possible = apart.different(rows)
        common = together.ground(rows)
        for reached, counts in enumerate(common, start=1):
            possible &= counts > 0
            mentor_reach[rows][possible.any(axis=1)] = reached
            mentee_reach[possible.any(axis=0)] = reached
        apart.keep(rows, possible)
        scores[rows] = np.where(possible, together.points(rows, common) + words.of(rows), NEVER)
    return Pairs(mentors, mentees, scores, mentor_reach, mentee_reach)


class _Together:
    """What people have in common."""

    def __init__(self, mentors: tuple[Applicant, ...], mentees: tuple[Applicant, ...]) -> None:
        def common(
            of: Callable[[Applicant], frozenset[Hashable]],
            other: Callable[[Applicant], frozenset[Hashable]] | None = None,
        ) -> CommonCounts:
            return CommonCounts(map(of, mentors), map(other or of, mentees))

        self._ground = (
            common(lambda each: frozenset(each.languages)),
            common(lambda each: frozenset(hour_begins(each.slots))),
            common(lambda each: frozenset(each.media)),
        )
        self._topics = common(lambda each: frozenset(each.topics))
        self._mentees_met = common(lambda each: frozenset(each.says), lambda each: frozenset(each.wishes))
        self._mentors_met = common(lambda each: frozenset(each.wishes), lambda each: frozenset(each.says))
        self._sought = np.array([min(len(each.topics), ENOUGH_TOPICS) for each in mentees], np.int16)
        self._asked = tuple(np.array([len(each.wishes) for each in side], np.int16) for side in (mentors, mentees))

    def ground(self, rows: slice) -> tuple[Counts, Counts, Counts]:
        """Languages, half-hours at which a common hour can begin, and media."""
        languages, hours, media = self._ground
        return languages.of(rows), hours.of(rows), media.of(rows)

    def points(self, rows: slice, common: tuple[Counts, Counts, Counts]) -> Counts:
        """Those of all terms but the words."""
        languages, hours, media = common
        topics = np.minimum(self._topics.of(rows), self._sought) * TERMS[Term.TOPICS] // np.maximum(self._sought, 1)
        asked = self._asked[0][rows, None] + self._asked[1][None, :]
        met = self._mentees_met.of(rows) + self._mentors_met.of(rows)
        total: Counts = (
            topics
            + np.minimum(hours, TERMS[Term.HOURS])
            + np.minimum((languages - 1) * LANGUAGE_POINTS, TERMS[Term.LANGUAGES])
            + np.minimum(media - 1, 1) * TERMS[Term.MEDIA]
            + met * TERMS[Term.WISHES] // np.maximum(asked, 1)
        )
        return total


class _Apart:
    """Who is kept from whom by rules that are not for others to know, or is the same person."""

    def __init__(self, mentors: tuple[Applicant, ...], mentees: tuple[Applicant, ...]) -> None:
        self._mentors, self._mentees = mentors, mentees
        self._column = {each.id: column for column, each in enumerate(mentees)}
        row = {each.id: row for row, each in enumerate(mentors)}
        self._by_mentees = [
            (row[one], column) for column, each in enumerate(mentees) for one in each.not_with if one in row
        ]
        # 0 is none.
        codes = {"": 0}
        self._department = tuple(
            np.array([codes.setdefault(each.department.casefold(), len(codes)) for each in side], np.int32)
            for side in (mentors, mentees)
        )
        self._elsewhere = tuple(
            np.array([each.other_department for each in side], np.bool_) for side in (mentors, mentees)
        )

    def different(self, rows: slice) -> NDArray[np.bool_]:
        """Which pairs are of two people: somebody may be on both sides."""
        different = np.ones((len(self._mentors[rows]), len(self._mentees)), np.bool_)
        for at, mentor in enumerate(self._mentors[rows]):
            if mentor.id in self._column:
                different[at, self._column[mentor.id]] = False
        return different

    def keep(self, rows: slice, possible: NDArray[np.bool_]) -> None:
        """Takes out the pairs that are kept apart."""
        mentors, mentees = self._department
        same = (mentors[rows, None] == mentees[None, :]) & (mentors[rows, None] != 0)
        possible &= ~(same & (self._elsewhere[0][rows, None] | self._elsewhere[1][None, :]))
        for at, mentor in enumerate(self._mentors[rows]):
            for column in (self._column[one] for one in mentor.not_with if one in self._column):
                possible[at, column] = False
        for row, column in self._by_mentees:
            if rows.start <= row < rows.stop:
                possible[row - rows.start, column] = False
