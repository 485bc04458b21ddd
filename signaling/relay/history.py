"""The latest packets of a track with several receivers, so that one who lost some gets them from the relay.

With one receiver the sender repairs (RFC 4585); with several, one receiver's losses must not cost all the others.
"""

from signaling.packet import Packet

SIZE = 512
# How soon a number that the relay lacks itself is asked of the sender again, seconds.
ASK_AGAIN = 0.05


class History:
    """Decrypted packets as they came, by the sender's sequence number."""

    __slots__ = ("_asked", "_kept")

    def __init__(self) -> None:
        self._kept: list[tuple[int, bytes] | None] = [None] * SIZE
        self._asked: dict[int, float] = {}

    def keep(self, number: int, packet: Packet) -> None:
        """Remember this packet in place of one SIZE numbers older."""
        self._kept[number % SIZE] = number, bytes(packet)

    def find(self, number: int) -> bytes | None:
        """The packet with this number, if it came and is not too old."""
        kept = self._kept[number % SIZE]
        return kept[1] if kept is not None and kept[0] == number else None

    def may_ask(self, number: int, now: float) -> bool:
        """Whether the sender is to be asked for this number: not when another receiver just had it asked for."""
        if now - self._asked.get(number, -ASK_AGAIN) < ASK_AGAIN:
            return False
        self._asked.pop(number, None)
        self._asked[number] = now
        if len(self._asked) > SIZE:
            del self._asked[next(iter(self._asked))]
        return True
