"""How much one peer may send: far above what a browser does, far below what would disturb other calls."""

# Packets a second, and at once. Camera and screen at their best are some 800.
PACKET_RATE = 2000
# Packets a second that the relay sends again to one peer because it asked for them.
RETRANSMISSION_RATE = 512


class PacketRateLimit:
    """A token bucket whose check costs one comparison: packets are allowed until their count reaches `ceiling`; then
    `raise_ceiling` says whether more are allowed by now."""

    __slots__ = ("_fraction", "_rate", "_updated_at", "ceiling")

    def __init__(self, now: float, rate: int = PACKET_RATE) -> None:
        self.ceiling = self._rate = rate
        self._fraction = 0.0
        self._updated_at = now

    def raise_ceiling(self, now: float) -> bool:
        """Turn the time since the last call into packets, at most one second's worth."""
        self._fraction = min(self._rate, self._fraction + (now - self._updated_at) * self._rate)
        self._updated_at = now
        whole = int(self._fraction)
        self.ceiling += whole
        self._fraction -= whole
        return whole > 0
