"""The latest packets of a track, so that a receiver who lost some gets them from the relay.

Losses on the way to a receiver are repaired from here, without asking the sender. What did not arrive here at all is
requested from the sender as soon as it is missed (loss_detector.py).
"""

from array import array

from signaling.packet import Packet
from signaling.relay.rtp.headers import HeaderLayout
from signaling.relay.rtp.loss_detector import LossDetector
from signaling.relay.rtp.payload_formats import original_number, unwrap_rtx

# 0.4 s of a picture with 2 Mbit/s: a receiver whose round trip is 300 ms can still ask once. Each costs a kilobyte.
SIZE = 96
# How soon a number that the loss detector has given up may be requested again, seconds.
RETRY_SECONDS = 0.05


class PacketCache:
    """Decrypted packets as they came, by the sender's sequence number; `losses` are those missing among them."""

    __slots__ = ("_next", "_numbers", "_packets", "_requested", "losses")

    def __init__(self) -> None:
        self.losses = LossDetector()
        # In the order of arrival. Two arrays: a tuple for each packet would take a tenth more memory.
        self._numbers = array("i", [-1]) * SIZE
        self._packets: list[bytes] = [b""] * SIZE
        self._next = 0
        self._requested: dict[int, float] = {}

    def add(self, number: int, packet: Packet, now: float) -> bool:
        """Keep this packet in place of the oldest one; returns whether it was the expected one."""
        self._keep(number, bytes(memoryview(packet.data)[: packet.length]))
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
            self._keep(number, bytes(unwrap_rtx(packet, layout.start, payload_type, ssrc)))

    def _keep(self, number: int, content: bytes) -> None:
        at = self._next
        self._numbers[at], self._packets[at] = number, content
        self._next = (at + 1) % SIZE

    def find(self, number: int) -> bytes | None:
        """The packet with this number, if it arrived and is not too old."""
        try:
            return self._packets[self._numbers.index(number)]
        except ValueError:
            return None

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
