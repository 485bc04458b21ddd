"""The memory on which recvmmsg and sendmmsg work, by cffi in ABI mode. 64-bit Linux."""

import socket
import struct
import sys
from importlib import import_module
from typing import Any

from signaling.packet import Address
from signaling.sockets import packet_info

ffi: Any = import_module("cffi").FFI()
ffi.cdef("""
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr { void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                    void *msg_control; size_t msg_controllen; int msg_flags; };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
""")
_NAME = 32
_NAME_LENGTHS = {socket.AF_INET: 16, socket.AF_INET6: 28}
_HEADER: int = ffi.sizeof("struct mmsghdr")
_LENGTH_AT: int = ffi.offsetof("struct mmsghdr", "msg_len")
_CONTROL_AT: int = ffi.offsetof("struct msghdr", "msg_control")
_ROOM = packet_info.ROOM


def available() -> bool:
    """Whether this system has these calls in the form that this module knows."""
    return sys.platform == "linux" and sys.byteorder == "little" and sys.maxsize > 1 << 32 and _HEADER == 64


class MessageArray:
    """`size` messages for one system call and one address family: headers, one buffer description and one name for
    each, and `with_info` a control message with the local address to which it was sent, or from which it leaves."""

    def __init__(self, family: socket.AddressFamily, with_info: bool, size: int) -> None:
        self.family = family
        self._with_info = with_info
        self.headers = ffi.new("struct mmsghdr[]", size)
        self._vectors = ffi.new("struct iovec[]", size)
        self._names = ffi.new("char[]", size * _NAME)
        self._controls = ffi.new("char[]", size * packet_info.ROOM)
        for index in range(size):
            header = self.headers[index].msg_hdr
            header.msg_name = self._names + index * _NAME
            header.msg_namelen = _NAME_LENGTHS[family]
            header.msg_iov = self._vectors + index
            header.msg_iovlen = 1
            if with_info:
                header.msg_control = self._controls + index * packet_info.ROOM
                # The size stays the same: each datagram arrives with exactly one control message.
                header.msg_controllen = packet_info.SIZES[family]
        # Views: many times faster to read and write than cffi's fields.
        self.vectors = memoryview(ffi.buffer(self._vectors)).cast("B").cast("Q")
        self.name_pointers = self._words(0)
        self.control_pointers = self._words(_CONTROL_AT)
        self._lengths = memoryview(ffi.buffer(self.headers)).cast("B").cast("I")[_LENGTH_AT // 4 :: _HEADER // 4]
        self._name_bytes = memoryview(ffi.buffer(self._names)).cast("B")
        self._name_heads = self._name_bytes.cast("Q")[:: _NAME // 8]
        self._control_bytes = memoryview(ffi.buffer(self._controls)).cast("B")
        self._local_words = self._control_bytes.cast("I")[packet_info.OFFSETS[socket.AF_INET] // 4 :: _ROOM // 4]

    def lengths(self, count: int) -> list[int]:
        """The sizes of the first `count` datagrams, bytes."""
        return self._lengths[:count].tolist()

    def keys(self, count: int) -> list[Any]:
        """A key for each sender of the first `count` datagrams: of an IPv4 name, the first 8 bytes hold everything."""
        if self.family == socket.AF_INET:
            return self._name_heads[:count].tolist()
        return [bytes(self._name_bytes[at : at + 28]) for at in range(0, count * _NAME, _NAME)]

    def local_keys(self, count: int) -> list[Any]:
        """A key for the local address of each; None without packet info."""
        if not self._with_info:
            return [None] * count
        if self.family == socket.AF_INET:
            return self._local_words[:count].tolist()
        return [bytes(self._control_bytes[at + 16 : at + 32]) for at in range(0, count * _ROOM, _ROOM)]

    def _words(self, at: int) -> memoryview:
        """The 8 bytes at this offset of each header."""
        return memoryview(ffi.buffer(self.headers)).cast("B").cast("Q")[at // 8 :: _HEADER // 8]


def pointer_to(memory: Any) -> int:
    """The memory address of this."""
    return int(ffi.cast("uintptr_t", memory))


def name_of(family: socket.AddressFamily, ip: str, port: int) -> bytes:
    """The sockaddr_in or sockaddr_in6 of an address."""
    if family == socket.AF_INET:
        return struct.pack("=H2s4s8x", family, port.to_bytes(2, "big"), socket.inet_aton(ip))
    return struct.pack("=H2sI16sI", family, port.to_bytes(2, "big"), 0, socket.inet_pton(family, ip), 0)


def address_of(family: socket.AddressFamily, key: Any, local: Any) -> Address:
    """The address of one of `MessageArray.keys`, with its `local_keys`."""
    if family == socket.AF_INET:
        name = key.to_bytes(8, "little")
        ip, packed = socket.inet_ntoa(name[4:8]), None if local is None else local.to_bytes(4, "little")
    else:
        ip, packed, name = socket.inet_ntop(family, key[8:24]), local, key
    port = int.from_bytes(name[2:4], "big")
    return ("udp", ip, port) if packed is None else ("udp", ip, port, socket.inet_ntop(family, packed))
