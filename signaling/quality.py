"""How good a connection is: what is kept of an attendance, and what the others see during the call. Pure."""

from typing import Literal

from signaling.codec import Int, Record

Grade = Literal["", "good", "weak", "poor"]

# Share of packets lost, and round trip in seconds: above the first a talk suffers, above the second it hardly works.
WEAK_LOSS, POOR_LOSS = 0.03, 0.1
WEAK_TRIP, POOR_TRIP = 0.3, 0.6


class Quality(Record, frozen=True):
    """A summary of one or several peers. `seconds` connected; bytes from the browser (in) and to it (out); means of the
    round trip and jitter in seconds and of the share of packets lost (0 to 1), None when they were not measured."""

    seconds: float = 0.0
    bytes_in: Int = 0
    bytes_out: Int = 0
    round_trip: float | None = None
    jitter: float | None = None
    loss: float | None = None

    def merged(self, other: "Quality") -> "Quality":
        """Both peers as one: means weighted by their seconds."""
        return Quality(
            self.seconds + other.seconds,
            self.bytes_in + other.bytes_in,
            self.bytes_out + other.bytes_out,
            _mean(self.round_trip, self.seconds, other.round_trip, other.seconds),
            _mean(self.jitter, self.seconds, other.jitter, other.seconds),
            _mean(self.loss, self.seconds, other.loss, other.seconds),
        )


UNMEASURED = Quality()


def _mean(first: float | None, weight: float, second: float | None, other_weight: float) -> float | None:
    if first is None or second is None:
        return second if first is None else first
    whole = weight + other_weight
    return first if not whole else (first * weight + second * other_weight) / whole


def grade(loss: float | None, round_trip: float | None) -> Grade:
    """The grade of a peer with this loss and round trip; empty while neither is known."""
    if loss is None and round_trip is None:
        return ""
    loss, round_trip = loss or 0.0, round_trip or 0.0
    if loss > POOR_LOSS or round_trip > POOR_TRIP:
        return "poor"
    return "weak" if loss > WEAK_LOSS or round_trip > WEAK_TRIP else "good"
