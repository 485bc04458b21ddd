"""UDP in batches: recvmmsg and sendmmsg through cffi in ABI mode, which needs no compiler. 64-bit Linux.

A system call costs more than the encryption of the packet it carries. Here one brings up to BATCH datagrams, each
straight into the buffer it is decrypted and sent from, and one takes as many away. Under load the port is not read at
every datagram but every PACE seconds, so that there is a batch to be had; a quiet port is read at once.
"""

import asyncio
import errno
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from signaling.packet import Address, Packet
from signaling.sockets import own_address
from signaling.sockets.udp import BATCH, Outgoing, Receive, UdpPort

PACE = 0.002
# A turn of the event loop costs as much as ten packets. Under load it turns once in so many rounds; what else it has to
# do, letting people in and out, waits those few milliseconds.
ROUNDS = 4
# Datagrams a second above which the port is read at a pace, and below which it no longer is.
BUSY, CALM = 1000, 600
JUDGED_EVERY = 0.05
# Batches that one wake-up may take, so that a flood cannot keep the control socket waiting.
BATCHES = 4
MAX_ADDRESSES = 4096
MAX_OWN = 64

_ffi: Any = import_module("cffi").FFI()
_ffi.cdef("""
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr { void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                    void *msg_control; size_t msg_controllen; int msg_flags; };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags);
""")
_NAME = 32
_NAME_LENGTHS = {socket.AF_INET: 16, socket.AF_INET6: 28}
_HEADER: int = _ffi.sizeof("struct mmsghdr")
_LENGTH_AT: int = _ffi.offsetof("struct mmsghdr", "msg_len")
_CONTROL_AT: int = _ffi.offsetof("struct msghdr", "msg_control")
_ROOM = own_address.ROOM


def available() -> bool:
    """Whether this system has batches in the form that this module knows."""
    return sys.platform == "linux" and sys.byteorder == "little" and sys.maxsize > 1 << 32 and _HEADER == 64


class Messages:
    """Room for one system call's messages of one address family: headers, one buffer description each, names, and, if
    the socket is `telling`, which of our own addresses each came to or goes from."""

    def __init__(self, family: socket.AddressFamily, telling: bool) -> None:
        self.family = family
        self._telling = telling
        self.headers = _ffi.new("struct mmsghdr[]", BATCH)
        self._vectors = _ffi.new("struct iovec[]", BATCH)
        self._names = _ffi.new("char[]", BATCH * _NAME)
        self._controls = _ffi.new("char[]", BATCH * own_address.ROOM)
        for index in range(BATCH):
            header = self.headers[index].msg_hdr
            header.msg_name = self._names + index * _NAME
            header.msg_namelen = _NAME_LENGTHS[family]
            header.msg_iov = self._vectors + index
            header.msg_iovlen = 1
            if telling:
                header.msg_control = self._controls + index * own_address.ROOM
                # It stays this size: each datagram brings exactly one of these messages.
                header.msg_controllen = own_address.SIZES[family]
        # Views that are read and written many times faster than cffi's fields.
        self.vectors = memoryview(_ffi.buffer(self._vectors)).cast("B").cast("Q")
        self.name_places = self._words(0)
        self.control_places = self._words(_CONTROL_AT)
        self._lengths = memoryview(_ffi.buffer(self.headers)).cast("B").cast("I")[_LENGTH_AT // 4 :: _HEADER // 4]
        self._name_bytes = memoryview(_ffi.buffer(self._names)).cast("B")
        self._name_heads = self._name_bytes.cast("Q")[:: _NAME // 8]
        self._control_bytes = memoryview(_ffi.buffer(self._controls)).cast("B")
        self._own_words = self._control_bytes.cast("I")[own_address.PLACES[socket.AF_INET] // 4 :: _ROOM // 4]

    def lengths(self, count: int) -> list[int]:
        """The sizes of the first `count` datagrams, bytes."""
        return self._lengths[:count].tolist()

    def keys(self, count: int) -> list[Any]:
        """What tells the senders of the first `count` datagrams apart: for IPv4 the name's first 8 bytes hold all."""
        if self.family == socket.AF_INET:
            return self._name_heads[:count].tolist()
        return [bytes(self._name_bytes[at : at + 28]) for at in range(0, count * _NAME, _NAME)]

    def own(self, count: int) -> list[Any]:
        """The own addresses that they came to, each in a form of its own; None where it is not told."""
        if not self._telling:
            return [None] * count
        if self.family == socket.AF_INET:
            return self._own_words[:count].tolist()
        return [bytes(self._control_bytes[at + 16 : at + 32]) for at in range(0, count * _ROOM, _ROOM)]

    def _words(self, at: int) -> memoryview:
        """The 8 bytes at this place of each header."""
        return memoryview(_ffi.buffer(self.headers)).cast("B").cast("Q")[at // 8 :: _HEADER // 8]


class Side:
    """One of the port's sockets, with its messages for both directions."""

    def __init__(self, opened: socket.socket, telling: bool) -> None:
        self.socket = opened
        self.telling = telling
        # Senders by their key, of one of our own addresses at a time.
        self.sources: dict[Any, dict[Any, Address]] = {}
        self.packets = [Packet() for _ in range(BATCH)]
        self.coming = Messages(opened.family, telling)
        for index, packet in enumerate(self.packets):
            self.coming.vectors[2 * index] = packet.place
            self.coming.vectors[2 * index + 1] = len(packet.data)
        self.going = Messages(opened.family, telling)
        self.filled = 0


# Where to: the socket, where in memory name and control message lie (0 for none), and what keeps them there.
Target = tuple[Side, int, int, Any]


class BatchPort(UdpPort):
    """A UdpPort that reads and sends in batches."""

    def __init__(self, bind: str, port: int) -> None:
        super().__init__(bind, port)
        self._library: Any = _ffi.dlopen(None)
        self._sides = {opened.family: Side(opened, opened in self._telling) for opened in self._sockets}
        self._targets: dict[Address, Target] = {}
        self._pace: asyncio.Handle | None = None
        self._judged_at = 0.0
        self._taken = 0

    def start(self, receive: Receive, drained: Callable[[], None]) -> None:
        """Begin to read, on the running loop."""
        super().start(receive, drained)
        self._judged_at = time.monotonic()

    def close(self) -> None:
        """Stop reading and close."""
        if self._pace is not None:
            self._pace.cancel()
        super().close()

    # Reading

    def _readable(self, opened: socket.socket) -> None:
        now = time.monotonic()
        self._read(self._sides[opened.family], now)
        if self._rate(now) > BUSY:
            for side in self._sides.values():
                asyncio.get_running_loop().remove_reader(side.socket)
            self._keep_pace()

    def _keep_pace(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(ROUNDS):
            now = time.monotonic()
            for side in self._sides.values():
                self._read(side, now)
            if self._rate(now) < CALM:
                self._pace = None
                for side in self._sides.values():
                    loop.add_reader(side.socket, self._readable, side.socket)
                return
            time.sleep(PACE)
        self._pace = loop.call_soon(self._keep_pace)

    def _rate(self, now: float) -> float:
        """Datagrams a second, judged now and then; in between a rate that changes nothing."""
        passed = now - self._judged_at
        if passed < JUDGED_EVERY:
            return (BUSY + CALM) / 2
        rate = self._taken / passed
        self._judged_at, self._taken = now, 0
        return rate

    def _read(self, side: Side, now: float) -> None:
        for _ in range(BATCHES):
            count = self._library.recvmmsg(
                side.socket.fileno(), side.coming.headers, BATCH, socket.MSG_DONTWAIT, _ffi.NULL
            )
            if count <= 0:
                if count < 0 and _ffi.errno not in (errno.EAGAIN, errno.EINTR):
                    self.counters["receive_failed"] += 1
                return
            self._taken += count
            coming = side.coming
            lengths, keys, owns = coming.lengths(count), coming.keys(count), coming.own(count)
            if owns.count(owns[0]) == count:
                self._hand_over(side, zip(side.packets, lengths, keys, strict=False), owns[0], now)
            else:
                for packet, length, key, own in zip(side.packets, lengths, keys, owns, strict=False):
                    self._hand_over(side, ((packet, length, key),), own, now)
            self._drained()
            if count < BATCH:
                return

    def _hand_over(self, side: Side, heads: Iterable[tuple[Packet, int, Any]], own: Any, now: float) -> None:
        """Hand over datagrams that came to one of our own addresses."""
        receive, sources = self._receive, side.sources.get(own)
        if sources is None:
            if len(side.sources) >= MAX_OWN:
                side.sources.clear()
            sources = side.sources[own] = {}
        for packet, length, key in heads:
            packet.length = length
            receive(packet, sources.get(key) or self._meet(side, sources, key, own), now)

    def _meet(self, side: Side, sources: dict[Any, Address], key: Any, own: Any) -> Address:
        if len(sources) >= MAX_ADDRESSES:
            sources.clear()
        source = sources[key] = _address(side.socket.family, key, own)
        return source

    # Sending

    def send(self, datagrams: Outgoing) -> None:
        """Send each datagram; one that the system does not take now is dropped and counted, as a network would."""
        targets = self._targets
        for packet, address in datagrams:
            target = targets.get(address) or self._aim(address)
            if target is None:
                self.counters["send_failed"] += 1
                continue
            side, name, control, _ = target
            going, index = side.going, side.filled
            going.name_places[index] = name
            if control:
                going.control_places[index] = control
            going.vectors[2 * index] = packet.place
            going.vectors[2 * index + 1] = packet.length
            side.filled = index + 1
            if side.filled == BATCH:
                self._flush(side)
        self._flush_all()

    def _aim(self, address: Address) -> Target | None:
        _, ip, port, *own = address
        side = self._sides.get(socket.AF_INET6 if ":" in ip else socket.AF_INET)
        if side is None:
            return None
        if len(self._targets) >= MAX_ADDRESSES:
            # What waits to be sent points into these names.
            self._flush_all()
            self._targets.clear()
        family = side.socket.family
        name = _ffi.new("char[]", _name(family, ip, port))
        control = _ffi.new("char[]", own_address.control(family, *own or [""])) if side.telling else _ffi.NULL
        found = self._targets[address] = side, _place(name), _place(control), (name, control)
        return found

    def _flush_all(self) -> None:
        for side in self._sides.values():
            if side.filled:
                self._flush(side)

    def _flush(self, side: Side) -> None:
        count, side.filled = side.filled, 0
        done = 0
        while done < count:
            sent = self._library.sendmmsg(side.socket.fileno(), side.going.headers + done, count - done, 0)
            if sent > 0:
                done += sent
            elif _ffi.errno != errno.EINTR:
                # It is the first of the rest that was refused.
                self._count(_ffi.errno)
                done += 1


def _place(memory: Any) -> int:
    return int(_ffi.cast("uintptr_t", memory))


def _name(family: socket.AddressFamily, ip: str, port: int) -> bytes:
    """A sockaddr_in or sockaddr_in6."""
    if family == socket.AF_INET:
        return struct.pack("=H2s4s8x", family, port.to_bytes(2, "big"), socket.inet_aton(ip))
    return struct.pack("=H2sI16sI", family, port.to_bytes(2, "big"), 0, socket.inet_pton(family, ip), 0)


def _address(family: socket.AddressFamily, key: Any, own: Any) -> Address:
    if family == socket.AF_INET:
        name = key.to_bytes(8, "little")
        ip, packed = socket.inet_ntoa(name[4:8]), None if own is None else own.to_bytes(4, "little")
    else:
        ip, packed, name = socket.inet_ntop(family, key[8:24]), own, key
    port = int.from_bytes(name[2:4], "big")
    return ("udp", ip, port) if packed is None else ("udp", ip, port, socket.inet_ntop(family, packed))
