"""What is measured of one peer's leg, both ways: loss, jitter, round trip.

Towards the relay, loss is seen in the numbers of the microphone's packets. From the relay, the peer's receiver
reports say it (RFC 3550 section 6.4.1); as sequence numbers pass through, they also count what the sender's own leg
lost, which is taken off again.
"""

# A window of microphone packets after which the loss is judged: two seconds.
WINDOW = 100
# Levels are in -dBov: what is nearer to 0 than this is a voice.
SPEAKING_LEVEL = 50
CLOCK = 48000
_LONGEST_PACKET = CLOCK * 120 // 1000


class Reception:
    """`loss_in` and `loss_out` are shares (0 to 1), `jitter` and `round_trip` seconds; None until known."""

    __slots__ = (
        "_counts", "_first", "_highest", "_received", "_sums", "jitter", "loss_in", "loss_out", "round_trip",
    )  # fmt: skip

    def __init__(self) -> None:
        self.loss_in: float | None = None
        self.loss_out: float | None = None
        self.jitter: float | None = None
        self.round_trip: float | None = None
        self._first: int | None = None
        self._highest = 0
        self._received = 0
        self._sums = [0.0, 0.0, 0.0]
        self._counts = [0, 0, 0]

    def arrived(self, number: int) -> None:
        """A packet of the microphone came, with this sequence number."""
        if self._first is None:
            self._first = self._highest = number
            self._received = 1
            return
        ahead = (number - self._highest + 0x8000 & 0xFFFF) - 0x8000
        self._received += 1
        if ahead > 0:
            self._highest = number
        expected = (self._highest - self._first & 0xFFFF) + 1
        if expected >= WINDOW:
            self.loss_in = max(0.0, 1 - self._received / expected)
            self._first = None

    def reported(self, loss: float, jitter: float, senders_loss: float) -> None:
        """The peer reported on a stream whose sender's own leg loses `senders_loss`."""
        self.loss_out = max(0.0, loss - senders_loss)
        self.jitter = jitter
        self._add(0, self.loss_out)
        self._add(1, jitter)

    def took(self, seconds: float) -> None:
        """A round trip was measured."""
        self.round_trip = seconds
        self._add(2, seconds)

    def _add(self, which: int, value: float) -> None:
        self._sums[which] += value
        self._counts[which] += 1

    @property
    def worst_loss(self) -> float | None:
        """The larger of both ways' losses."""
        return max((loss for loss in (self.loss_in, self.loss_out) if loss is not None), default=None)

    def means(self) -> tuple[float | None, float | None, float | None]:
        """Means of loss towards the peer, jitter and round trip, None when there was no report."""
        loss, jitter, trip = (
            total / count if count else None for total, count in zip(self._sums, self._counts, strict=True)
        )
        return loss, jitter, trip


class Speech:
    """Speaking time of one microphone."""

    __slots__ = ("_last", "_spoken")

    def __init__(self) -> None:
        self._last: int | None = None
        self._spoken = 0

    def add(self, level: int | None, stamp: int) -> None:
        """A packet with this 7-bit level, None when it has none, and RTP timestamp: it lasts from the one before."""
        last, self._last = self._last, stamp
        if level is None or level >= SPEAKING_LEVEL or last is None:
            return
        duration = (stamp - last) & 0xFFFFFFFF
        if duration <= _LONGEST_PACKET:
            self._spoken += duration

    def seconds(self) -> float:
        """Seconds spoken so far."""
        return self._spoken / CLOCK
