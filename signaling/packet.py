"""A datagram in a buffer that does not move: read into it, decrypted, changed, encrypted and sent from it."""

from importlib import import_module
from typing import Any

SIZE = 2048
# What encryption may add: the longest tag in use is GCM's 16 bytes, and SRTCP has 4 of index.
TRAILER = 32
# No browser sends media in longer datagrams; they are counted and dropped.
LONGEST = SIZE - TRAILER

# Transport (udp or tcp), IP address and port that a datagram came from or goes to. Then, if it matters, which of our
# own IP addresses it came to or leaves from.
Address = tuple[str, str, int] | tuple[str, str, int, str]

_ffi: Any = import_module("cffi").FFI()


class Packet:
    """The first `length` bytes of `data` are the datagram. `pointer` and `place` are where `data` lies in memory, for
    libsrtp and for the system.

    Any function that gets a packet may change it. A received packet is sent before the next is received into it.
    """

    __slots__ = ("data", "length", "place", "pointer")

    def __init__(self, content: bytes | bytearray = b"") -> None:
        self.data = bytearray(SIZE)
        # While this pointer lives the buffer cannot move: Python refuses to resize it.
        self.pointer: Any = _ffi.from_buffer(self.data)
        self.place = int(_ffi.cast("uintptr_t", self.pointer))
        self.data[: len(content)] = content
        self.length = len(content)

    def copy(self) -> "Packet":
        """The same datagram in a buffer of its own."""
        return Packet(self.data[: self.length])

    def __len__(self) -> int:
        return self.length

    def __bytes__(self) -> bytes:
        return bytes(self.data[: self.length])
