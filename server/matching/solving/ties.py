"""What decides between matchings that are as good as each other: a number for each pair, drawn from the seed."""

import numpy as np
from numpy.typing import NDArray

TIES = 2**16
WORD = 2**64 - 1


def draw_ties(seed: int, mentor_ids: list[int], mentee_ids: list[int]) -> NDArray[np.uint16]:
    """A row for each mentor, a column for each mentee: numbers below TIES, of the seed and the two ids alone."""
    mentees = _mix(np.array([each & WORD for each in mentee_ids], np.uint64))
    ties = np.empty((len(mentor_ids), len(mentee_ids)), np.uint16)
    for row, mentor in enumerate(mentor_ids):
        start = _mix(np.array([(seed ^ mentor << 32) & WORD], np.uint64))
        ties[row] = _mix(mentees + start) >> np.uint64(48)
    return ties


def _mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): the same on every machine and in every version."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
