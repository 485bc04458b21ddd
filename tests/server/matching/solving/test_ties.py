import numpy as np

from server.matching.solving.ties import TIES, draw_ties


def mix(number: int) -> int:
    """One step of SplitMix64."""
    word = 2**64 - 1
    number = (number + 0x9E3779B97F4A7C15) & word
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & word
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & word
    return number ^ (number >> 31)


def test_they_are_of_the_seed_and_the_two_alone() -> None:
    """Who else is there does not matter, nor does the machine."""
    ties = draw_ties(1, [1, 2, 3], [4, 5])
    assert np.array_equal(draw_ties(1, [3, 1], [5]), ties[[2, 0]][:, [1]])
    assert not np.array_equal(draw_ties(2, [1, 2, 3], [4, 5]), ties)
    assert ties.tolist() == [
        [mix(mix(mentee) + mix(1 ^ mentor << 32)) >> 48 for mentee in (4, 5)] for mentor in (1, 2, 3)
    ]
    # From the reference implementation, for the seeds 0 and 1.
    assert (mix(0), mix(1)) == (0xE220A8397B1DCDAF, 0x910A2DEC89025CC1)


def test_they_are_spread_evenly() -> None:
    ties = draw_ties(7, list(range(200)), list(range(-100, 200)))
    assert abs(ties.mean() / TIES - 0.5) < 0.01
    assert len(np.unique(ties)) > 30_000
    assert abs(np.corrcoef(ties[0], ties[1])[0, 1]) < 0.3
