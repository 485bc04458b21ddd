"""One outgoing RTP stream that stays continuous while its source changes (RFC 7667 section 3.6).

The first source keeps its own numbers. Those of each later source are shifted, so that sequence numbers continue by one
and timestamps by the time that has passed.
"""


class StreamOffsets:
    """What to add to the numbers of the present source. `clock` is the RTP clock rate in Hz."""

    __slots__ = ("clock", "last", "last_at", "last_timestamp", "shift", "source", "timestamp_shift")

    def __init__(self, clock: int) -> None:
        self.clock = clock
        self.source: int | None = None
        self.shift = 0
        self.timestamp_shift = 0
        self.last: int | None = None
        self.last_timestamp = 0
        self.last_at = 0.0

    def rebase(self, source: int, number: int, timestamp: int, now: float) -> None:
        """From this packet on, the SSRC `source` feeds the stream."""
        self.source = source
        if self.last is None:
            return
        passed = max(1, round((now - self.last_at) * self.clock))
        self.shift = (self.last + 1 - number) & 0xFFFF
        self.timestamp_shift = (self.last_timestamp + passed - timestamp) & 0xFFFFFFFF

    def advance(self, number: int, timestamp: int, now: float) -> None:
        """An outgoing packet has this number, already shifted; it is kept if it is the newest."""
        if self.last is None or (number - self.last) & 0xFFFF < 0x8000:
            self.last = number
            self.last_timestamp = timestamp
            self.last_at = now
