"""What is counted of a port."""

from signaling.sockets.traffic import Traffic


def test_delays_are_weighed_by_their_datagrams_and_counted_once() -> None:
    traffic = Traffic()
    traffic.note(3, 0.001)
    traffic.note(1, 0.005)
    assert traffic.take_delays() == (0.002, 0.005)
    assert traffic.take_delays() == (0.0, 0.0)
    assert (traffic.received, traffic.sent) == (4, 0)
