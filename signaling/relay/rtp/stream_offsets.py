"""One outgoing RTP stream that stays continuous while the source behind it changes (RFC 7667 section 3.6).

The first source passes with its own numbers; each later one is shifted so that sequence numbers go on by one and
timestamps by the time that passed.
"""


class Sequence:
    """Offsets of one outgoing stream. `clock` is the RTP clock rate in Hz."""

    __slots__ = ("clock", "last", "last_at", "last_stamp", "shift", "source", "stamp_shift")

    def __init__(self, clock: int) -> None:
        self.clock = clock
        self.source: int | None = None
        self.shift = 0
        self.stamp_shift = 0
        self.last: int | None = None
        self.last_stamp = 0
        self.last_at = 0.0

    def rebase(self, source: int, number: int, stamp: int, now: float) -> None:
        """From this packet on, the SSRC `source` feeds the stream."""
        self.source = source
        if self.last is None:
            return
        passed = max(1, round((now - self.last_at) * self.clock))
        self.shift = (self.last + 1 - number) & 0xFFFF
        self.stamp_shift = (self.last_stamp + passed - stamp) & 0xFFFFFFFF

    def advance(self, number: int, stamp: int, now: float) -> None:
        """Note an outgoing number, already shifted, when it is the newest."""
        if self.last is None or (number - self.last) & 0xFFFF < 0x8000:
            self.last = number
            self.last_stamp = stamp
            self.last_at = now
