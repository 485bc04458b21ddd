"""The two payload formats that the relay itself reads.

A retransmission (RFC 4588 section 4) begins with the sequence number of the packet that it repeats. Redundant audio
(RFC 2198) also carries the packet before, so that a single loss is not heard.
"""

from struct import Struct

from signaling.packet import Packet
from signaling.relay.rtp.headers import payload_end

# By so many bytes a retransmission is longer than its original.
LONGER = 2
_NUMBER = Struct("!H")
_SSRC = Struct("!I")
# The bit that says that another block follows.
_MORE = 0x80


def original_number(packet: Packet, start: int) -> int | None:
    """The sequence number of the packet that this payload repeats; None when it is only padding."""
    if payload_end(packet.data, start, packet.length) < start + LONGER:
        return None
    number: int = _NUMBER.unpack_from(packet.data, start)[0]
    return number


def shift_original(packet: Packet, start: int, shift: int) -> bool:
    """Add `shift` to the number of the repeated packet, if there is one. False when the payload is too short."""
    size = payload_end(packet.data, start, packet.length) - start
    if size >= LONGER:
        number = _NUMBER.unpack_from(packet.data, start)[0]
        _NUMBER.pack_into(packet.data, start, (number + shift) & 0xFFFF)
    return size != 1


def wrap_rtx(packet: Packet, start: int) -> None:
    """Turn a packet, in place, into its retransmission; its header is still the original's."""
    data = packet.data
    data[start + LONGER : packet.length + LONGER] = data[start : packet.length]
    data[start : start + LONGER] = data[2:4]
    packet.length += LONGER


def unwrap_rtx(packet: Packet, start: int, payload_type: int, ssrc: int) -> bytearray:
    """The repeated packet, as it was sent with this payload type and SSRC."""
    data = packet.data
    repeated = data[:start] + data[start + LONGER : packet.length]
    repeated[1] = data[1] & 0x80 | payload_type
    repeated[2:4] = data[start : start + LONGER]
    _SSRC.pack_into(repeated, 8, ssrc)
    return repeated


def unwrap_red(packet: Packet, start: int) -> bool:
    """Keep only the newest block of a payload that begins at `start`, for a receiver who does not take redundant audio.
    False when the payload is malformed."""
    data, end = packet.data, packet.length
    at, older = start, 0
    while at < end and data[at] & _MORE:
        if at + 4 > end:
            return False
        older += (data[at + 2] & 0x03) << 8 | data[at + 3]
        at += 4
    primary = at + 1 + older
    if primary > end:
        return False
    packet.length = start + end - primary
    data[start : packet.length] = data[primary:end]
    return True
