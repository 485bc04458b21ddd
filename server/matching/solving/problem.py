"""A matching with its pins and bans, which can be made again without one of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.matching.rules.model import Ban, MatchFigures, Pin
from server.matching.solving.optimum import NOBODY, MentorOf, Places, best_matching
from server.matching.solving.pairs import NEVER, Pairs, Scores

# Makes a matching of scores and places.
Way = Callable[[Scores, Places], MentorOf]


@dataclass(frozen=True, slots=True)
class MatchProblem:
    """`pins` are those that are honoured; `bans` may name people who are not there."""

    pairs: Pairs
    ties: NDArray[np.uint16]
    pins: frozenset[Pin]
    bans: frozenset[Ban]

    @property
    def places(self) -> Places:
        return np.array([max(0, each.capacity) for each in self.pairs.mentors], np.int32)

    @property
    def scores(self) -> Scores:
        """Without the pairs that are forbidden, and those of mentors who take nobody."""
        rows = {each.id: row for row, each in enumerate(self.pairs.mentors)}
        columns = {each.id: column for column, each in enumerate(self.pairs.mentees)}
        scores = self.pairs.scores.copy()
        scores[self.places <= 0] = NEVER
        for ban in self.bans:
            if ban.mentor in rows and ban.mentee in columns:
                scores[rows[ban.mentor], columns[ban.mentee]] = NEVER
        return scores

    def solve(self, way: Way) -> MentorOf:
        """The pins first, then the rest in this way."""
        rows = {each.id: row for row, each in enumerate(self.pairs.mentors)}
        columns = {each.id: column for column, each in enumerate(self.pairs.mentees)}
        scores, places = self.scores, self.places
        pinned = [(rows[pin.mentor], columns[pin.mentee]) for pin in self.pins]
        for row, column in pinned:
            places[row] -= 1
            scores[:, column] = NEVER
        mentor_of = way(scores, places)
        for row, column in pinned:
            mentor_of[column] = row
        return mentor_of

    def best(self, step: Callable[[int, int], None]) -> MentorOf:
        return self.solve(lambda scores, places: best_matching(scores, places, self.ties, step))


def figures(scores: Scores, mentor_of: MentorOf) -> MatchFigures:
    """`scores` are those of all pairs that could be."""
    matched = np.flatnonzero(mentor_of != NOBODY)
    if not len(matched):
        return MatchFigures(0, None, 0, 0)
    own = scores[mentor_of[matched], matched]
    first = own == scores[:, matched].max(axis=0)
    return MatchFigures(len(matched), int(own.min()), int(own.sum()), int(first.sum()))
