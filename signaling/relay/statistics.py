"""What is measured of one peer: loss both ways, jitter, round trip, and how long it spoke.

Towards the relay, loss is seen in the sequence numbers of the microphone's packets. From the relay to the peer, it is
in the peer's receiver reports (RFC 3550 section 6.4.1). As sequence numbers pass through, these reports also count
what was lost between the sender and the relay; that is subtracted.
"""

# Loss is measured over so many packets of the microphone: two seconds.
WINDOW = 100
# Levels are in -dBov: anything closer to 0 than this is a voice.
SPEAKING_LEVEL = 50
CLOCK = 48000
_LONGEST_PACKET = CLOCK * 120 // 1000


class PeerStatistics:
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

    def add_packet(self, number: int) -> None:
        """A packet of the microphone arrived, with this sequence number."""
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

    def add_report(self, loss: float, jitter: float, senders_loss: float) -> None:
        """The peer reported on a stream that loses `senders_loss` on its way to the relay."""
        self.loss_out = max(0.0, loss - senders_loss)
        self.jitter = jitter
        self._add(0, self.loss_out)
        self._add(1, jitter)

    def add_round_trip(self, seconds: float) -> None:
        """A round trip was measured."""
        self.round_trip = seconds
        self._add(2, seconds)

    def _add(self, which: int, value: float) -> None:
        self._sums[which] += value
        self._counts[which] += 1

    @property
    def worst_loss(self) -> float | None:
        """The larger loss of the two directions."""
        return max((loss for loss in (self.loss_in, self.loss_out) if loss is not None), default=None)

    def means(self) -> tuple[float | None, float | None, float | None]:
        """Means of loss towards the peer, jitter and round trip, None when there was no report."""
        loss, jitter, trip = (
            total / count if count else None for total, count in zip(self._sums, self._counts, strict=True)
        )
        return loss, jitter, trip


class SpeakingTime:
    """How long a person spoke, from the audio levels in the packet headers (RFC 6464); nothing is decoded."""

    __slots__ = ("_last", "_spoken")

    def __init__(self) -> None:
        self._last: int | None = None
        self._spoken = 0

    def add(self, level: int | None, timestamp: int) -> None:
        """Add a packet with this 7-bit level, if it has one, and RTP timestamp: it lasts from the one before."""
        last, self._last = self._last, timestamp
        if level is None or level >= SPEAKING_LEVEL or last is None:
            return
        duration = (timestamp - last) & 0xFFFFFFFF
        if duration <= _LONGEST_PACKET:
            self._spoken += duration

    def seconds(self) -> float:
        """Seconds spoken so far."""
        return self._spoken / CLOCK
