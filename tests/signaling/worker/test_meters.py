"""What a peer's figures of ten seconds become."""

from signaling.news import Sample
from signaling.relay.events import Figures
from signaling.worker.meters import Meter


def test_it_takes_the_means_and_begins_again() -> None:
    meter = Meter(Figures(bytes_in=500, bytes_out=0), 1.0)
    for loss, trip in ((0.1, 0.2), (0.3, None)):
        meter.look(Figures(loss=loss, round_trip=trip))
    read = meter.read("a", Figures(bytes_in=1500, bytes_out=5000), 11.0, 99.0)
    assert read == Sample("a", 99.0, 0.2, 0.2, 100.0, 500.0)
    meter.look(Figures(loss=0.5))
    read = meter.read("a", Figures(bytes_in=1700, bytes_out=5000), 21.0, 109.0)
    assert read == Sample("a", 109.0, 0.5, None, 20.0, 0.0)


def test_figures_of_a_silent_peer_are_old_ones() -> None:
    meter = Meter(Figures(bytes_in=500), 1.0)
    meter.look(Figures(loss=0.0, round_trip=0.02))
    assert meter.read("a", Figures(bytes_in=500), 11.0, 99.0) == Sample("a", 99.0, None, None, 0.0, 0.0)
    assert meter.read("a", Figures(bytes_in=500), 11.0, 99.0) is None


def test_who_speaks_is_seen_at_each_look() -> None:
    meter, heard = Meter(Figures(speaking_seconds=5.0), 1.0), []
    for seconds in (5.0, 5.2, 5.2, 6.0):
        meter.look(Figures(speaking_seconds=seconds))
        heard.append(meter.spoke)
        # Readings change nothing about that.
        meter.read("a", Figures(), 11.0, 99.0)
    assert heard == [False, True, False, True]
