"""The latest packets of a track, so that a receiver who lost some gets them from the relay.

Losses on the way to a receiver are repaired from here, without asking the sender. What did not arrive here at all is
requested from the sender as soon as it is missed (loss_detector.py).
"""

from signaling.packet import Packet
from signaling.relay.rtp.headers import HeaderLayout
from signaling.relay.rtp.loss_detector import LossDetector
from signaling.relay.rtp.payload_formats import original_number, unwrap_rtx

SIZE = 128
# How soon a number that the loss detector has given up may be requested again, seconds.
RETRY_SECONDS = 0.05


class PacketCache:
    """Decrypted packets as they came, by the sender's sequence number; `losses` are those missing among them."""

    __slots__ = ("_packets", "_requested", "losses")

    def __init__(self) -> None:
        self.losses = LossDetector()
        self._packets: list[tuple[int, bytearray] | None] = [None] * SIZE
        self._requested: dict[int, float] = {}

    def add(self, number: int, packet: Packet, now: float) -> bool:
        """Keep this packet in place of the one SIZE numbers older; returns whether it was the expected one."""
        self._packets[number % SIZE] = number, packet.data[: packet.length]
        losses = self.losses
        if number == losses.expected:
            losses.expected = (number + 1) & 0xFFFF
            return True
        losses.add(number, now)
        return False

    def add_retransmission(self, packet: Packet, layout: HeaderLayout, payload_type: int, ssrc: int) -> None:
        """The sender's retransmission (RFC 4588): if its original is missing, keep that as if it had arrived."""
        number = original_number(packet, layout.start)
        if number is not None and self.losses.recover(number):
            self._packets[number % SIZE] = number, unwrap_rtx(packet, layout.start, payload_type, ssrc)

    def find(self, number: int) -> bytearray | None:
        """The packet with this number, if it arrived and is not too old."""
        kept = self._packets[number % SIZE]
        return kept[1] if kept is not None and kept[0] == number else None

    def may_request(self, number: int, now: float) -> bool:
        """Whether to request this number from the sender for a receiver: not while the loss detector does so, nor
        shortly after another receiver's request."""
        if number in self.losses or now - self._requested.get(number, -RETRY_SECONDS) < RETRY_SECONDS:
            return False
        self._requested.pop(number, None)
        self._requested[number] = now
        if len(self._requested) > SIZE:
            del self._requested[next(iter(self._requested))]
        return True
