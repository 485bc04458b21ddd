"""Datagrams in a TCP stream: two bytes of length before each (RFC 4571, as ICE-TCP uses it, RFC 6544 section 3)."""

from signaling.packet import SIZE

MAX_FRAME = SIZE


class FrameTooLong(Exception):
    """The stream announces a frame longer than any browser sends: it cannot be decoded any further."""


class FrameDecoder:
    """Splits one stream into frames; holds at most one incomplete frame."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytearray]:
        """The frames that this chunk completes, without empty ones. Raises FrameTooLong."""
        rest, frames, at = self._rest, [], 0
        rest += chunk
        while len(rest) - at >= 2:
            size = rest[at] << 8 | rest[at + 1]
            if size > MAX_FRAME:
                raise FrameTooLong
            end = at + 2 + size
            if end > len(rest):
                break
            if size:
                frames.append(rest[at + 2 : end])
            at = end
        del rest[:at]
        return frames


def header(length: int) -> bytes:
    """The frame header of a datagram of so many bytes."""
    return length.to_bytes(2, "big")
