"""How long somebody spoke, from the audio levels in the packet headers (RFC 6464); nothing is decoded."""

# Levels are in -dBov: what is nearer to 0 than this is a voice.
SPEAKING_LEVEL = 50
CLOCK = 48000
_LONGEST_PACKET = CLOCK * 120 // 1000


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
