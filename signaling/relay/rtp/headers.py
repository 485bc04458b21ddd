"""RTP headers (RFC 3550), with header extensions in one-byte and two-byte form (RFC 8285).

A browser's packets come in a handful of header layouts. Each is walked once; that a packet has a known one is then a
single comparison, and what must be patched for a receiver is known beforehand.
"""

from collections.abc import Mapping
from struct import Struct
from typing import Any, NamedTuple

from signaling.packet import Packet

# URIs of the header extensions that the relay itself reads or leaves out.
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

MAX_LAYOUTS = 8
FIXED = 12
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000

Patch = tuple[int, int, bytes]


class Element(NamedTuple):
    """One header extension: its id at byte `at`, its value from `start` up to `end`."""

    number: int
    at: int
    start: int
    end: int


class Layout:
    """Where a header has what. Packets share one when their first byte is the same and so is every byte of the
    extension block that is not a value: `read(data) == heads` says that a packet has this layout."""

    __slots__ = ("elements", "heads", "one_byte", "read", "start", "tail")

    def __init__(self, data: bytes | bytearray, length: int) -> None:
        """Walk a header. Raises ValueError when it does not fit into `length` bytes."""
        self.elements: list[Element] = []
        self.one_byte = False
        # What cannot be read begins here; nothing from here on is trusted.
        self.tail = 0
        self.start = FIXED + 4 * (data[0] & 0x0F)
        shape = ">B"
        if data[0] & 0x10 and length >= self.start + 4:
            at = self.start
            self.start += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
            shape += f"{at - 1}xHH"
            if self.start <= length:
                shape += self._walk(data, at)
        elif data[0] & 0x10:
            self.start += 4
        if self.start > length:
            raise ValueError("the RTP header is longer than the packet")
        self.read: Any = Struct(shape).unpack_from
        self.heads: tuple[int, ...] = self.read(data)

    def _walk(self, data: bytes | bytearray, at: int) -> str:
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

    def _element(self, data: bytes | bytearray, at: int) -> Element | None:
        if self.one_byte:
            # Id 15 ends the list, id 0 with a length is not allowed (RFC 8285 section 4.2).
            element = Element(data[at] >> 4, at, at + 1, at + 2 + (data[at] & 0x0F))
            known = 0 < element.number < 15
        else:
            size = data[at + 1] if at + 1 < self.start else 256
            element = Element(data[at], at, at + 2, at + 2 + size)
            known = True
        return element if known and element.end <= self.start else None

    def find(self, number: int) -> Element | None:
        """The extension with this id, or None."""
        return next((each for each in self.elements if each.number == number), None)

    def patches(self, ids: Mapping[int, int]) -> tuple[Patch, ...]:
        """What to write where, so that a sender's ids become a receiver's; what the receiver did not take, and what
        cannot be read, becomes padding."""
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


_BARE = Layout(b"\x80" + bytes(FIXED - 1), FIXED)


class Layouts:
    """`layout` is the latest packet's; `level_at` and `number_at` say where in it the audio level and the
    transport-wide number are, 0 for nowhere. `extensions` are the sender's ids by URI."""

    __slots__ = ("_extensions", "_known", "layout", "level_at", "number_at")

    def __init__(self, extensions: Mapping[str, int]) -> None:
        self.layout = _BARE
        self.level_at = 0
        self.number_at = 0
        self._extensions = extensions
        self._known: list[Layout] = []

    def lay_out(self, packet: Packet) -> Layout:
        """The layout of this packet, remembered for the next. Raises ValueError when it has no room for its header."""
        found = next((each for each in self._known if each.read(packet.data) == each.heads), None)
        if found is None:
            found = Layout(packet.data, packet.length)
            self._known = [found, *self._known[: MAX_LAYOUTS - 1]]
        self.layout = found
        self.level_at = _value_at(found, self._extensions.get(AUDIO_LEVEL, 0), 1)
        self.number_at = _value_at(found, self._extensions.get(TRANSPORT_CC, 0), 2)
        return found


def payload_end(packet: bytes | bytearray, start: int, length: int) -> int:
    """Where the payload ends, padding left out; `start` when there is only padding, or the padding is a lie."""
    if packet[0] & 0x20:
        return max(start, length - packet[length - 1])
    return length


def _value_at(layout: Layout, number: int, size: int) -> int:
    found = layout.find(number)
    return found.start if found is not None and found.end - found.start == size else 0
