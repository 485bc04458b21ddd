"""A datagram in a buffer that never moves: it is received, decrypted, patched, encrypted and sent there."""

from importlib import import_module
from typing import Any

SIZE = 2048
# What encryption may add: the longest tag in use is GCM's 16 bytes, and SRTCP has 4 of index.
TRAILER = 32
# No browser sends longer media; a longer datagram is counted and dropped.
LONGEST = SIZE - TRAILER

# Transport (udp or tcp), IP address and port from which a datagram came, or to which it goes. Then, where it matters,
# the local IP address to which it came, or from which it goes.
Address = tuple[str, str, int] | tuple[str, str, int, str]

_ffi: Any = import_module("cffi").FFI()


class Packet:
    """The first `length` bytes of `data` are the datagram. `pointer` and `memory_address` say where `data` is, for
    libsrtp and for the system.

    A function that takes a packet may alter it. A received one is sent before the next is received into its buffer.
    """

    __slots__ = ("data", "length", "memory_address", "pointer")

    def __init__(self, content: bytes | bytearray = b"") -> None:
        self.data = bytearray(SIZE)
        # As long as this pointer exists the buffer cannot move: Python refuses to resize it.
        self.pointer: Any = _ffi.from_buffer(self.data)
        self.memory_address = int(_ffi.cast("uintptr_t", self.pointer))
        self.data[: len(content)] = content
        self.length = len(content)

    def copy(self) -> "Packet":
        """The same datagram in a buffer of its own."""
        return Packet(self.data[: self.length])

    def __len__(self) -> int:
        return self.length

    def __bytes__(self) -> bytes:
        return bytes(self.data[: self.length])
