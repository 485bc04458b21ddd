"""RTP headers patched in place (RFC 3550), with header extensions in one-byte and two-byte form (RFC 8285)."""

from collections.abc import Mapping

FIXED = 12
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000
_ZEROS = bytes(264)


def payload_start(packet: bytes | bytearray, length: int) -> int:
    """Where the payload begins, or 0 when the header does not fit into `length` bytes."""
    if length < FIXED:
        return 0
    first = packet[0]
    start = FIXED + 4 * (first & 0x0F)
    if first & 0x10:
        if length < start + 4:
            return 0
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    return start if start <= length else 0


def payload_end(packet: bytes | bytearray, start: int, length: int) -> int:
    """Where the payload ends, padding left out; `start` when there is only padding, or the padding is a lie."""
    if packet[0] & 0x20:
        return max(start, length - packet[length - 1])
    return length


class ExtensionMap:
    """How a sender's extension ids become a receiver's. Ids the receiver did not take become padding."""

    __slots__ = ("one", "two")

    def __init__(self, ids: Mapping[int, int]) -> None:
        two = bytearray(256)
        one = bytearray(256)
        for here, there in ids.items():
            two[here] = there
            if here < 15 and there < 15:
                for size in range(16):
                    one[here << 4 | size] = there << 4 | size
        self.one, self.two = bytes(one), bytes(two)


def map_extensions(packet: bytearray, ids: ExtensionMap) -> None:
    """Rewrite the ids of all header extensions. The packet has the X bit and passed `payload_start`."""
    at = FIXED + 4 * (packet[0] & 0x0F)
    profile = packet[at] << 8 | packet[at + 1]
    end = at + 4 + 4 * (packet[at + 2] << 8 | packet[at + 3])
    at += 4
    if profile == _ONE_BYTE:
        _map_one_byte(packet, at, end, ids.one)
    elif profile & 0xFFF0 == _TWO_BYTE:
        _map_two_byte(packet, at, end, ids.two)
    else:
        packet[at:end] = bytes(end - at)


def _map_one_byte(packet: bytearray, at: int, end: int, table: bytes) -> None:
    while at < end:
        head = packet[at]
        if head == 0:
            at += 1
            continue
        after = at + 2 + (head & 0x0F)
        # Id 15 ends the list, id 0 with a length is not allowed (RFC 8285 section 4.2): nothing after it is trusted.
        if head >= 0xF0 or head < 0x10 or after > end:
            packet[at:end] = bytes(end - at)
            return
        new = table[head]
        if new:
            packet[at] = new
        else:
            packet[at:after] = _ZEROS[: after - at]
        at = after


def _map_two_byte(packet: bytearray, at: int, end: int, table: bytes) -> None:
    while at < end:
        if packet[at] == 0:
            at += 1
            continue
        after = at + 2 + packet[at + 1] if at + 1 < end else end + 1
        if after > end:
            packet[at:end] = bytes(end - at)
            return
        new = table[packet[at]]
        if new:
            packet[at] = new
        else:
            packet[at:after] = _ZEROS[: after - at]
        at = after


def find_extension(packet: bytes | bytearray, wanted: int) -> bytes | bytearray | None:
    """The value of one header extension, or None. The packet passed `payload_start`."""
    if not packet[0] & 0x10 or not wanted:
        return None
    at = FIXED + 4 * (packet[0] & 0x0F)
    profile = packet[at] << 8 | packet[at + 1]
    end = at + 4 + 4 * (packet[at + 2] << 8 | packet[at + 3])
    at += 4
    one = profile == _ONE_BYTE
    if not one and profile & 0xFFF0 != _TWO_BYTE:
        return None
    while at < end:
        head = packet[at]
        if head == 0:
            at += 1
            continue
        if not one and at + 1 >= end:
            return None
        name, size, value = (head >> 4, (head & 0x0F) + 1, at + 1) if one else (head, packet[at + 1], at + 2)
        if value + size > end or (one and name == 15):
            return None
        if name == wanted:
            return packet[value : value + size]
        at = value + size
    return None
