"""A missing packet is requested at once, then once each round trip, and not without end."""

from signaling.relay.rtp.loss_detector import (
    MAX_MISSING,
    MAX_REORDER_SECONDS,
    MAX_REQUESTS,
    RETRY_SECONDS,
    LossDetector,
)


def fed(*numbers: int, now: float = 1.0) -> LossDetector:
    loss_detector = LossDetector()
    for number in numbers:
        loss_detector.add(number, now)
    return loss_detector


def test_in_order_nothing_is_missing() -> None:
    loss_detector = fed(65_534, 65_535, 0, 1)
    assert loss_detector.due is None
    assert loss_detector.take_due(2.0, None) == []
    assert loss_detector.expected == 2


def test_missing_packets_are_requested_at_once_and_again_after_a_round_trip() -> None:
    loss_detector = fed(65_534, 1)
    assert loss_detector.take_due(1.0, 0.08) == [65_535, 0]
    assert 0 in loss_detector
    assert loss_detector.due == 1.1
    assert loss_detector.take_due(1.05, 0.08) == []
    assert loss_detector.recover(0)
    assert not loss_detector.recover(0)
    assert loss_detector.take_due(1.1, 0.08) == [65_535]


def test_it_gives_up() -> None:
    loss_detector, now, asked = fed(7, 9), 1.0, 0
    while loss_detector.due is not None:
        asked += len(loss_detector.take_due(now, None))
        now += RETRY_SECONDS
    assert asked == MAX_REQUESTS
    assert 8 not in loss_detector


def test_reordered_packets_are_given_time() -> None:
    loss_detector = fed(7, 9)
    assert loss_detector.take_due(1.0, None) == [8]
    loss_detector.add(8, 1.02)
    loss_detector.add(11, 2.0)
    assert loss_detector.take_due(2.0, None) == []
    assert loss_detector.due == 2.025
    loss_detector.add(10, 2.5)
    loss_detector.add(13, 3.0)
    assert loss_detector.due is not None
    assert loss_detector.take_due(3.0, None) == []
    assert loss_detector.take_due(3.0 + MAX_REORDER_SECONDS, None) == [12]


def test_a_jump_is_no_loss_and_missing_packets_are_bounded() -> None:
    loss_detector = fed(7, 8 + MAX_MISSING + 1)
    assert loss_detector.due is None
    for number in range(200, 200 + 4 * MAX_MISSING, 2):
        loss_detector.add(number, 1.0)
        loss_detector.take_due(1.0, None)
    assert len(loss_detector._missing) == MAX_MISSING
