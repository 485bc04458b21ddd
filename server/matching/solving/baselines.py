"""Two simpler ways of matching, which a result is shown beside."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from server.matching.solving.optimum import NOBODY, MentorOf, Places, columns_of
from server.matching.solving.pairs import NEVER, Scores
from server.matching.solving.ties import TIES

AT_ONCE = 1 << 16


def greedy(scores: Scores, places: Places, ties: NDArray[np.uint16]) -> MentorOf:
    """The pair with the highest score first, then the highest of those that are still possible."""
    left = places.copy()
    mentor_of = np.full(scores.shape[1], NOBODY, np.int32)
    pairs = np.flatnonzero(scores >= 0)
    key = scores.ravel()[pairs].astype(np.int32) * TIES + ties.ravel()[pairs]
    # Stable, so that equal ones stay in their order.
    pairs = pairs[np.argsort(-key, kind="stable")]
    while len(pairs):
        some, pairs = pairs[:AT_ONCE], pairs[AT_ONCE:]
        mentors, mentees = np.divmod(some, scores.shape[1])
        open_ = (left[mentors] > 0) & (mentor_of[mentees] == NOBODY)
        for mentor, mentee in zip(mentors[open_].tolist(), mentees[open_].tolist(), strict=True):
            if left[mentor] > 0 and mentor_of[mentee] == NOBODY:
                left[mentor] -= 1
                mentor_of[mentee] = mentor
    return mentor_of


def highest_sum(scores: Scores, places: Places) -> MentorOf:
    """The highest sum of scores, no matter who stays without a mentor."""
    mentor_of = np.full(scores.shape[1], NOBODY, np.int32)
    columns = columns_of(places, scores >= 0)
    costs = np.empty((scores.shape[1], len(columns)))
    # A pair that cannot be counts nothing, as no pair does.
    for mentee in range(len(costs)):
        costs[mentee] = -np.maximum(scores[:, mentee], 0)[columns]
    rows, chosen = linear_sum_assignment(costs)
    possible = scores[columns[chosen], rows] != NEVER
    mentor_of[rows[possible]] = columns[chosen[possible]]
    return mentor_of
