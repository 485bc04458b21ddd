"""What did not come is asked for at once, again after a round trip, and not for ever."""

from signaling.relay.rtp.loss_detector import ASK_AGAIN, LONGEST_PATIENCE, MOST, TRIES, Gaps


def fed(*numbers: int, now: float = 1.0) -> Gaps:
    gaps = Gaps()
    for number in numbers:
        gaps.note(number, now)
    return gaps


def test_in_order_nothing_is_missing() -> None:
    gaps = fed(65_534, 65_535, 0, 1)
    assert gaps.due is None
    assert gaps.ask(2.0, None) == []
    assert gaps.expected == 2


def test_a_gap_is_asked_for_at_once_and_again_after_a_round_trip() -> None:
    gaps = fed(65_534, 1)
    assert gaps.ask(1.0, 0.08) == [65_535, 0]
    assert 0 in gaps
    assert gaps.due == 1.1
    assert gaps.ask(1.05, 0.08) == []
    assert gaps.repaired(0)
    assert not gaps.repaired(0)
    assert gaps.ask(1.1, 0.08) == [65_535]


def test_it_gives_up() -> None:
    gaps, now, asked = fed(7, 9), 1.0, 0
    while gaps.due is not None:
        asked += len(gaps.ask(now, None))
        now += ASK_AGAIN
    assert asked == TRIES
    assert 8 not in gaps


def test_a_network_that_shuffles_is_given_time() -> None:
    gaps = fed(7, 9)
    assert gaps.ask(1.0, None) == [8]
    gaps.note(8, 1.02)
    gaps.note(11, 2.0)
    assert gaps.ask(2.0, None) == []
    assert gaps.due == 2.025
    gaps.note(10, 2.5)
    gaps.note(13, 3.0)
    assert gaps.due is not None
    assert gaps.ask(3.0, None) == []
    assert gaps.ask(3.0 + LONGEST_PATIENCE, None) == [12]


def test_a_jump_is_no_gap_and_what_is_missing_is_bounded() -> None:
    gaps = fed(7, 8 + MOST + 1)
    assert gaps.due is None
    for number in range(200, 200 + 4 * MOST, 2):
        gaps.note(number, 1.0)
        gaps.ask(1.0, None)
    assert len(gaps._missing) == MOST
