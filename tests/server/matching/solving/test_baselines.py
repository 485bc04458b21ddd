import numpy as np

from server.matching.solving.baselines import greedy, highest_sum
from server.matching.solving.optimum import NOBODY

SCORES = np.array([[100, 90, -1], [95, -1, -1], [-1, -1, 0]], np.int16)
PLACES = np.ones(3, np.int32)


def test_the_best_pair_first_leaves_out_who_had_only_that_mentor() -> None:
    ties = np.zeros(SCORES.shape, np.uint16)
    assert greedy(SCORES, PLACES, ties).tolist() == [0, NOBODY, 2]
    assert greedy(SCORES, np.array([2, 1, 1], np.int32), ties).tolist() == [0, 0, 2]
    assert PLACES.tolist() == [1, 1, 1]


def test_ties_go_by_their_numbers() -> None:
    ties = np.array([[1, 2]], np.uint16)
    assert greedy(np.array([[50, 50]], np.int16), np.ones(1, np.int32), ties).tolist() == [NOBODY, 0]


def test_the_highest_sum() -> None:
    assert highest_sum(SCORES, PLACES).tolist()[:2] == [1, 0]


def test_the_highest_sum_leaves_somebody_out_for_it() -> None:
    scores = np.array([[100, 10], [10, -1]], np.int16)
    assert highest_sum(scores, np.ones(2, np.int32)).tolist() == [0, NOBODY]


def test_nobody() -> None:
    none = np.full((2, 3), -1, np.int16)
    assert highest_sum(none, np.ones(2, np.int32)).tolist() == [NOBODY] * 3
    assert greedy(none, np.ones(2, np.int32), np.zeros((2, 3), np.uint16)).tolist() == [NOBODY] * 3
