import pytest

from server.matching.rules.model import MatchingCancelled
from server.matching.solving.progress import Progress


def test_each_percent_is_said_once_and_never_a_lower_one() -> None:
    told: list[int] = []
    progress = Progress(told.append, lambda: False)
    progress.reach(5)
    progress.reach(5)
    progress.reach(3)
    progress.within(10, 20, 1, 4)
    progress.within(10, 20, 0, 0)
    progress.reach(100)
    assert told == [5, 12, 100]


def test_nothing_is_said_once_it_is_cancelled() -> None:
    told: list[int] = []
    with pytest.raises(MatchingCancelled):
        Progress(told.append, lambda: True).reach(5)
    assert told == []
