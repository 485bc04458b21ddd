"""Words for a peer, and one summary of several."""

import pytest

from signaling.quality import UNMEASURED, Quality, grade


@pytest.mark.parametrize(
    ("loss", "round_trip", "word"),
    [
        (None, None, ""),
        (0.0, None, "good"),
        (None, 0.1, "good"),
        (0.04, 0.1, "weak"),
        (0.0, 0.4, "weak"),
        (0.2, 0.1, "poor"),
        (0.0, 0.7, "poor"),
    ],
)
def test_a_leg_gets_a_word(loss: float | None, round_trip: float | None, word: str) -> None:
    assert grade(loss, round_trip) == word


def test_legs_are_merged_by_their_length() -> None:
    first = Quality(30.0, 100, 200, 0.1, None, 0.02)
    second = Quality(10.0, 1, 2, 0.3, 0.05, None)
    merged = first.merged(second)
    assert (merged.seconds, merged.bytes_in, merged.bytes_out) == (40.0, 101, 202)
    assert (merged.round_trip, merged.jitter, merged.loss) == (pytest.approx(0.15), 0.05, 0.02)
    assert UNMEASURED.merged(first) == first
    assert UNMEASURED.merged(UNMEASURED) == UNMEASURED
