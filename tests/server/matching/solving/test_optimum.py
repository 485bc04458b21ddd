"""The best matching as arrays; tests/server/matching/solving/test_matching.py holds it against every other one."""

import numpy as np

from server.matching.solving.optimum import NOBODY, best_matching, most_matched


def best(scores: list[list[int]], places: list[int]) -> list[int]:
    array = np.array(scores, np.int16)
    return best_matching(array, np.array(places, np.int32), np.zeros(array.shape, np.uint16), lambda *_: None).tolist()


def test_more_pairs_stand_above_better_ones() -> None:
    assert best([[90, 1], [1, -1]], [1, 1]) == [1, 0]


def test_a_better_worst_pair_stands_above_the_sum() -> None:
    assert best([[100, 50], [50, 10]], [1, 1]) == [1, 0]
    assert best([[100, 50], [50, 51]], [1, 1]) == [0, 1]


def test_the_worst_is_lifted_though_it_leaves_somebody_else_out() -> None:
    """One place for two: it goes to the better pair."""
    assert best([[10, 20]], [1]) == [NOBODY, 0]


def test_as_many_as_a_mentor_takes() -> None:
    assert best([[10, 20, 30]], [2]) == [NOBODY, 0, 0]
    assert best([[10, 20, 30]], [9]) == [0, 0, 0]
    assert best([[10, 20, 30]], [0]) == [NOBODY] * 3


def test_nobody() -> None:
    assert best([[-1, -1]], [1]) == [NOBODY, NOBODY]
    assert most_matched(np.zeros((0, 0), np.bool_), np.zeros(0, np.int32)) == 0
    assert most_matched(np.zeros((0, 3), np.bool_), np.zeros(0, np.int32)) == 0
    assert most_matched(np.zeros((2, 0), np.bool_), np.ones(2, np.int32)) == 0


def test_a_chain_of_moves_makes_room() -> None:
    """Each has two who could be theirs but the last, who has one: all move on."""
    possible = np.eye(50, dtype=np.bool_) | np.eye(50, k=1, dtype=np.bool_)
    assert most_matched(possible, np.ones(50, np.int32)) == 50
    scores = np.where(possible, 5, -1).astype(np.int16)
    scores[np.arange(49), np.arange(1, 50)] = 90
    assert best(scores.tolist(), [1] * 50) == list(range(50))
