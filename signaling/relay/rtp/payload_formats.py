"""The two payload formats that the relay itself reads.

A retransmission (RFC 4588 section 4) begins with the sequence number of the packet that it repeats. Redundant audio
(RFC 2198) also carries the packet before, so that a single loss is not heard.
"""

from struct import Struct

from signaling.packet import Packet
from signaling.relay.rtp.headers import payload_end

# By how much a retransmission is longer than its original.
LONGER = 2
_NUMBER = Struct("!H")
_SSRC = Struct("!I")
# Another block follows this one.
_FOLLOWED = 0x80


def original_number(packet: Packet, start: int) -> int | None:
    """The number of the packet that is repeated in this payload; None when it is padding alone."""
    if payload_end(packet.data, start, packet.length) < start + LONGER:
        return None
    number: int = _NUMBER.unpack_from(packet.data, start)[0]
    return number


def shift_original(packet: Packet, start: int, shift: int) -> bool:
    """Let it repeat the packet `shift` numbers on, if it repeats any. False when the payload is half a number."""
    size = payload_end(packet.data, start, packet.length) - start
    if size >= LONGER:
        number = _NUMBER.unpack_from(packet.data, start)[0]
        _NUMBER.pack_into(packet.data, start, (number + shift) & 0xFFFF)
    return size != 1


def wrap_rtx(packet: Packet, start: int) -> None:
    """Make a packet, in place, the payload of its retransmission; its header is still the original's."""
    data = packet.data
    data[start + LONGER : packet.length + LONGER] = data[start : packet.length]
    data[start : start + LONGER] = data[2:4]
    packet.length += LONGER


def unwrap_rtx(packet: Packet, start: int, payload_type: int, ssrc: int) -> bytearray:
    """The packet that is repeated, as it would have come with this payload type and SSRC."""
    data = packet.data
    repeated = data[:start] + data[start + LONGER : packet.length]
    repeated[1] = data[1] & 0x80 | payload_type
    repeated[2:4] = data[start : start + LONGER]
    _SSRC.pack_into(repeated, 8, ssrc)
    return repeated


def unwrap_red(packet: Packet, start: int) -> bool:
    """Leave only the newest block of a payload that begins at `start`, for a receiver who does not take redundancy.
    False when it is malformed."""
    data, end = packet.data, packet.length
    at, older = start, 0
    while at < end and data[at] & _FOLLOWED:
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
