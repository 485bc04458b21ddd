"""RTP headers (RFC 3550), with header extensions in one-byte and two-byte form (RFC 8285).

A browser's packets come in a few header layouts. Each is parsed once. After that a single comparison tells that a
packet has a known layout, and what to patch for a receiver is known beforehand.
"""

from collections.abc import Mapping
from struct import Struct
from typing import Any, NamedTuple

from signaling.packet import Packet

# URIs of the header extensions that the relay itself reads or removes.
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

MAX_LAYOUTS = 8
FIXED = 12
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000

Patch = tuple[int, int, bytes]


class ExtensionElement(NamedTuple):
    """One header extension: its id at byte `at`, its value from `start` up to `end`."""

    number: int
    at: int
    start: int
    end: int


class HeaderLayout:
    """Where a header has what. Packets have the same layout when their first byte is the same, and so is every byte of
    the extension block that is not part of a value: `read_structure(data) == structure`. `start` is where the payload
    begins."""

    __slots__ = ("elements", "one_byte", "read_structure", "start", "structure", "tail")

    def __init__(self, data: bytes | bytearray, length: int) -> None:
        """Parse a header. Raises ValueError when it does not fit into `length` bytes."""
        self.elements: list[ExtensionElement] = []
        self.one_byte = False
        # Where the part begins that cannot be parsed; 0 if there is none.
        self.tail = 0
        self.start = FIXED + 4 * (data[0] & 0x0F)
        shape = ">B"
        if data[0] & 0x10 and length >= self.start + 4:
            at = self.start
            self.start += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
            shape += f"{at - 1}xHH"
            if self.start <= length:
                shape += self._parse_extensions(data, at)
        elif data[0] & 0x10:
            self.start += 4
        if self.start > length:
            raise ValueError("the RTP header is longer than the packet")
        self.read_structure: Any = Struct(shape).unpack_from
        self.structure: tuple[int, ...] = self.read_structure(data)

    def _parse_extensions(self, data: bytes | bytearray, at: int) -> str:
        profile = data[at] << 8 | data[at + 1]
        at += 4
        self.one_byte = profile == _ONE_BYTE
        if not self.one_byte and profile & 0xFFF0 != _TWO_BYTE:
            self.tail = at
            return ""
        shape = ""
        head = 1 if self.one_byte else 2
        while at < self.start:
            if data[at] == 0:
                shape += "B"
                at += 1
                continue
            element = self._element(data, at)
            if element is None:
                self.tail = at
                return shape + "B" * min(head, self.start - at)
            self.elements.append(element)
            shape += "B" * head + f"{element.end - element.start}x"
            at = element.end
        return shape

    def _element(self, data: bytes | bytearray, at: int) -> ExtensionElement | None:
        if self.one_byte:
            # Id 15 ends the list, id 0 with a length is not allowed (RFC 8285 section 4.2).
            element = ExtensionElement(data[at] >> 4, at, at + 1, at + 2 + (data[at] & 0x0F))
            known = 0 < element.number < 15
        else:
            size = data[at + 1] if at + 1 < self.start else 256
            element = ExtensionElement(data[at], at, at + 2, at + 2 + size)
            known = True
        return element if known and element.end <= self.start else None

    def find(self, number: int) -> ExtensionElement | None:
        """The extension with this id, or None."""
        return next((each for each in self.elements if each.number == number), None)

    def patches(self, ids: Mapping[int, int]) -> tuple[Patch, ...]:
        """What to write where, so that a sender's ids become a receiver's. What the receiver did not accept, and what
        cannot be parsed, becomes padding."""
        found: list[Patch] = []
        for each in self.elements:
            there = ids.get(each.number, 0)
            if not there or (self.one_byte and there > 14):
                found.append((each.at, each.end, bytes(each.end - each.at)))
            elif there != each.number:
                head = there << 4 | each.end - each.start - 1 if self.one_byte else there
                found.append((each.at, each.at + 1, bytes([head])))
        if self.tail:
            found.append((self.tail, self.start, bytes(self.start - self.tail)))
        return tuple(found)


_BARE = HeaderLayout(b"\x80" + bytes(FIXED - 1), FIXED)


class LayoutCache:
    """The header layouts of one stream. `layout` is the latest packet's; `level_at` and `twcc_at` are where it has the
    audio level and the transport-wide sequence number, 0 for nowhere. `extensions` are the sender's ids by URI."""

    __slots__ = ("_extensions", "_known", "layout", "level_at", "twcc_at")

    def __init__(self, extensions: Mapping[str, int]) -> None:
        self.layout = _BARE
        self.level_at = 0
        self.twcc_at = 0
        self._extensions = extensions
        self._known: list[HeaderLayout] = []

    def find_layout(self, packet: Packet) -> HeaderLayout:
        """The layout of this packet; it is kept. Raises ValueError when the header is longer than the packet."""
        found = next((each for each in self._known if each.read_structure(packet.data) == each.structure), None)
        if found is None:
            found = HeaderLayout(packet.data, packet.length)
            self._known = [found, *self._known[: MAX_LAYOUTS - 1]]
        self.layout = found
        self.level_at = _value_at(found, self._extensions.get(AUDIO_LEVEL, 0), 1)
        self.twcc_at = _value_at(found, self._extensions.get(TRANSPORT_CC, 0), 2)
        return found


def payload_end(packet: bytes | bytearray, start: int, length: int) -> int:
    """Where the payload ends, without padding; `start` when there is only padding, or its length is wrong."""
    if packet[0] & 0x20:
        return max(start, length - packet[length - 1])
    return length


def _value_at(layout: HeaderLayout, number: int, size: int) -> int:
    found = layout.find(number)
    return found.start if found is not None and found.end - found.start == size else 0
