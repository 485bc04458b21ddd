"""The latest packets of a track, so that a receiver who lost some gets them from the relay.

Each leg is repaired by itself: what a receiver lost is sent again from here, without the way to the sender and back;
what the relay lacks itself it asks of the sender as soon as it is missed (gaps.py).
"""

from signaling.packet import Packet
from signaling.relay.rtp import payload_formats
from signaling.relay.rtp.headers import Layout
from signaling.relay.rtp.loss_detector import Gaps

SIZE = 128
# How soon a number that is no longer looked for is asked of the sender again, seconds.
ASK_AGAIN = 0.05


class History:
    """Decrypted packets as they came, by the sender's sequence number, and what is missing among them."""

    __slots__ = ("_asked", "_kept", "gaps")

    def __init__(self) -> None:
        self.gaps = Gaps()
        self._kept: list[tuple[int, bytearray] | None] = [None] * SIZE
        self._asked: dict[int, float] = {}

    def keep(self, number: int, packet: Packet, now: float) -> bool:
        """Remember this packet in place of one SIZE numbers older; whether it was the one expected."""
        self._kept[number % SIZE] = number, packet.data[: packet.length]
        gaps = self.gaps
        if number == gaps.expected:
            gaps.expected = (number + 1) & 0xFFFF
            return True
        gaps.note(number, now)
        return False

    def restore(self, packet: Packet, layout: Layout, payload_type: int, ssrc: int) -> None:
        """The sender's retransmission (RFC 4588): if its original is missing, remember that as if it had come."""
        number = payload_formats.original_number(packet, layout.start)
        if number is not None and self.gaps.repaired(number):
            self._kept[number % SIZE] = number, payload_formats.unwrap_rtx(packet, layout.start, payload_type, ssrc)

    def find(self, number: int) -> bytearray | None:
        """The packet with this number, if it came and is not too old."""
        kept = self._kept[number % SIZE]
        return kept[1] if kept is not None and kept[0] == number else None

    def may_ask(self, number: int, now: float) -> bool:
        """Whether the sender is to be asked for this number: not when it is being looked for, or another receiver just
        had it asked for."""
        if number in self.gaps or now - self._asked.get(number, -ASK_AGAIN) < ASK_AGAIN:
            return False
        self._asked.pop(number, None)
        self._asked[number] = now
        if len(self._asked) > SIZE:
            del self._asked[next(iter(self._asked))]
        return True
