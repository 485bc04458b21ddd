"""UDP in batches: recvmmsg and sendmmsg through cffi in ABI mode (mmsg.py), which needs no compiler. 64-bit Linux.

A system call costs more than the encryption of the packet it carries. Here one brings up to BATCH datagrams, each
straight into the buffer it is decrypted and sent from, and one takes as many away. Under load the port is not read at
every datagram but every PACE seconds, so that there is a batch to be had; a quiet port is read at once.
"""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from signaling.packet import Address, Packet
from signaling.sockets import packet_info
from signaling.sockets.mmsg import Messages, address_of, ffi, name_of, place
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


class Side:
    """One of the port's sockets, with its messages for both directions."""

    def __init__(self, opened: socket.socket, telling: bool) -> None:
        self.socket = opened
        self.telling = telling
        # Senders by their key, of one of our own addresses at a time.
        self.sources: dict[Any, dict[Any, Address]] = {}
        self.packets = [Packet() for _ in range(BATCH)]
        self.coming = Messages(opened.family, telling, BATCH)
        for index, packet in enumerate(self.packets):
            self.coming.vectors[2 * index] = packet.place
            self.coming.vectors[2 * index + 1] = len(packet.data)
        self.going = Messages(opened.family, telling, BATCH)
        self.filled = 0


# Where to: the socket, where in memory name and control message lie (0 for none), and what keeps them there.
Target = tuple[Side, int, int, Any]


class BatchPort(UdpPort):
    """A UdpPort that reads and sends in batches."""

    def __init__(self, bind: str, port: int) -> None:
        super().__init__(bind, port)
        self._library: Any = ffi.dlopen(None)
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
                side.socket.fileno(), side.coming.headers, BATCH, socket.MSG_DONTWAIT, ffi.NULL
            )
            if count <= 0:
                if count < 0 and ffi.errno not in (errno.EAGAIN, errno.EINTR):
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
        source = sources[key] = address_of(side.socket.family, key, own)
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
        name = ffi.new("char[]", name_of(family, ip, port))
        control = ffi.new("char[]", packet_info.control(family, *own or [""])) if side.telling else ffi.NULL
        found = self._targets[address] = side, place(name), place(control), (name, control)
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
            elif ffi.errno != errno.EINTR:
                # It is the first of the rest that was refused.
                self._count(ffi.errno)
                done += 1
