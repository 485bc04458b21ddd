"""How much one peer may send: far above what a browser does, far below what would disturb other calls."""

# Packets a second, and at once. Camera and screen at their best are some 800.
RATE = 2000
# Of these, packets that are sent again to one peer because it asked.
REPAIRS = 512


class Allowance:
    """Packets may be taken until their count reaches `ceiling`; then `raise_ceiling` says whether time brought more."""

    __slots__ = ("_at", "_left", "_rate", "ceiling")

    def __init__(self, now: float, rate: int = RATE) -> None:
        self.ceiling = self._rate = rate
        self._left = 0.0
        self._at = now

    def raise_ceiling(self, now: float) -> bool:
        """Turn the time since the last call into packets, at most a second's worth."""
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        whole = int(self._left)
        self.ceiling += whole
        self._left -= whole
        return whole > 0
