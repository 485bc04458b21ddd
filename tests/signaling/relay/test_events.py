"""What is reported upward is plain and comparable."""

from signaling.relay.events import Figures, PeerLost


def test_figures_of_nothing() -> None:
    assert Figures() == Figures(0, 0, 0, 0, 0.0, None, None, None, None, None, None)


def test_events_are_equal_by_what_they_say() -> None:
    assert PeerLost("a", "closed") == PeerLost("a", "closed") != PeerLost("a", "consent expired")
