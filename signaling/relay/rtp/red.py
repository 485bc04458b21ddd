"""Redundant audio (RFC 2198): each packet also carries the one before, so that a single loss is not heard."""

from signaling.packet import Packet

_FOLLOWED = 0x80


def unwrap(packet: Packet, start: int) -> bool:
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
