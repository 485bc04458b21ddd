"""The best matching: most mentees matched, then the highest lowest score, then the highest sum of scores, then ties.

How many can be matched is a largest flow, with a mentor's places as capacity. The highest lowest score is searched for:
the highest from which on as many can still be matched. With what is left of the pairs the sum is made highest as an
assignment: each mentee is a row, each place of a mentor a column, and nobody is added as often as somebody is left out.
All is in whole numbers below 2**53, so that nothing is rounded.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from server.matching.solving.pairs import Scores
from server.matching.solving.ties import TIES

NOBODY = -1

# The row of each mentee's mentor, or NOBODY.
MentorOf = NDArray[np.int32]
Places = NDArray[np.int32]
Possible = NDArray[np.bool_]


def best_matching(
    scores: Scores, places: Places, ties: NDArray[np.uint16], step: Callable[[int, int], None]
) -> MentorOf:
    """`places` is how many mentees each mentor takes. `step` is told how many steps of how many are done."""
    mentor_of = np.full(scores.shape[1], NOBODY, np.int32)
    most = most_matched(scores >= 0, places)
    if most == 0:
        return mentor_of
    lowest = _highest_lowest(scores, places, most, step)
    possible = scores >= lowest
    mentees = np.flatnonzero(possible[places > 0].any(axis=0))
    columns = columns_of(places, possible)
    # The smaller side is matched whole, with as many who are nobody as it has too many.
    size = (len(mentees), len(columns))
    extra = (0, len(mentees) - most) if len(mentees) <= len(columns) else (len(columns) - most, 0)
    costs = np.zeros((size[0] + extra[0], size[1] + extra[1]))
    # One point is worth more than all ties together.
    point = TIES * len(mentees)
    for row, mentee in enumerate(mentees):
        gains = scores[:, mentee] * float(point) + ties[:, mentee]
        costs[row, : len(columns)] = np.where(possible[:, mentee], -gains, np.inf)[columns]
    rows, chosen = linear_sum_assignment(costs)
    real = (rows < size[0]) & (chosen < size[1])
    mentor_of[mentees[rows[real]]] = columns[chosen[real]]
    return mentor_of


def columns_of(places: Places, possible: Possible) -> NDArray[np.intp]:
    """A column for each place of a mentor, though never more than there are mentees who could have it: their rows."""
    return np.repeat(np.arange(len(places)), np.minimum(places, possible.sum(axis=1)))


def most_matched(possible: Possible, places: Places) -> int:
    """How many mentees can be matched."""
    mentors, mentees = possible.shape
    source, sink = mentors + mentees, mentors + mentees + 1
    to = np.flatnonzero(possible)
    pairs = len(to)
    to = (to % mentees + mentors).astype(np.int32)
    targets = np.concatenate((to, np.full(mentees, sink, np.int32), np.arange(mentors, dtype=np.int32)))
    capacities = np.concatenate((np.ones(pairs + mentees, np.int32), places))
    ends = np.concatenate(
        ([0], np.cumsum(possible.sum(axis=1)), pairs + 1 + np.arange(mentees), [pairs + mentees + mentors] * 2)
    ).astype(np.int32)
    graph = csr_array((capacities, targets, ends), shape=(sink + 1, sink + 1))
    return int(maximum_flow(graph, source, sink).flow_value)


def _highest_lowest(scores: Scores, places: Places, most: int, step: Callable[[int, int], None]) -> int:
    """The highest score from which on as many can be matched."""
    levels = np.unique(scores[scores >= 0])
    first, last = 0, len(levels) - 1
    steps = len(levels).bit_length() + 1
    done = 0
    while first < last:
        done += 1
        step(done, steps)
        middle = (first + last + 1) // 2
        if most_matched(scores >= levels[middle], places) == most:
            first = middle
        else:
            last = middle - 1
    step(steps - 1, steps)
    return int(levels[first])
