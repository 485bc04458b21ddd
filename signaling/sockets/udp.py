"""UDP on one port number, IPv4 and IPv6, one datagram for each system call: works wherever asyncio does."""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from signaling.packet import Address, Packet
from signaling.sockets import packet_info
from signaling.sockets.traffic import Traffic

Receive = Callable[[Packet, Address, float], None]
Outgoing = Sequence[tuple[Packet, Address]]

BATCH = 64
BUFFER_BYTES = 4 * 1024 * 1024
TRIES = 50
# Linux's options for buffers beyond net.core.rmem_max and wmem_max, for root only.
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33


class UdpPort:
    """The sockets of one port. Incoming datagrams go to `receive`; `drained` is called after each batch of them.

    `bind` is one address, "0.0.0.0" for every IPv4 address, or "::" for every address of both families; `port` 0
    takes a free one. Raises OSError when the port is taken.
    """

    def __init__(self, bind: str, port: int) -> None:
        self.counters = {"send_dropped": 0, "send_failed": 0, "receive_failed": 0}
        self.traffic = Traffic()
        self._sockets = _open_both(port) if bind in ("", "::") else [_open(_family_of(bind), bind, port)]
        self.port: int = self._sockets[0].getsockname()[1]
        self._by_family = {opened.family: opened for opened in self._sockets}
        # Those with packet info.
        self._with_info = {opened for opened in self._sockets if packet_info.enable(opened)}
        self._packets = [Packet() for _ in range(BATCH)]
        self._receive: Receive = lambda packet, source, now: None
        self._drained: Callable[[], None] = lambda: None

    @property
    def families(self) -> frozenset[socket.AddressFamily]:
        """The address families that this port serves."""
        return frozenset(self._by_family)

    def start(self, receive: Receive, drained: Callable[[], None]) -> None:
        """Start to read, on the running loop."""
        self._receive, self._drained = receive, drained
        for opened in self._sockets:
            asyncio.get_running_loop().add_reader(opened, self._readable, opened)

    def close(self) -> None:
        """Stop reading and close."""
        for opened in self._sockets:
            asyncio.get_running_loop().remove_reader(opened)
            opened.close()

    def send(self, datagrams: Outgoing) -> None:
        """Send each datagram; one that the system does not accept now is dropped and counted."""
        for packet, (_, ip, port, *local) in datagrams:
            opened = self._by_family.get(_family_of(ip))
            if opened is None:
                self.counters["send_failed"] += 1
                continue
            ancillary = packet_info.ancillary(opened.family, *local) if local else []
            try:
                opened.sendmsg([memoryview(packet.data)[: packet.length]], ancillary, 0, (ip, port))
                self.traffic.sent += 1
            except OSError as error:
                self._count(error.errno)

    def _readable(self, opened: socket.socket) -> None:
        now, received = time.monotonic(), 0
        # Bounded, so that a flood of datagrams cannot delay the control socket.
        for packet in self._packets:
            try:
                packet.length, source = self._receive_into(opened, packet)
            except BlockingIOError:
                break
            except OSError:
                self.counters["receive_failed"] += 1
                continue
            received += 1
            self._receive(packet, source, now)
        self._drained()
        self.traffic.note(received, time.monotonic() - now)

    def _receive_into(self, opened: socket.socket, packet: Packet) -> tuple[int, Address]:
        if opened not in self._with_info:
            length, source = opened.recvfrom_into(packet.data)
            return length, ("udp", source[0], source[1])
        length, received, _, source = opened.recvmsg_into([packet.data], packet_info.ROOM)
        return length, ("udp", source[0], source[1], packet_info.local_address(opened.family, received))

    def _count(self, error: int | None) -> None:
        full = error in (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS)
        self.counters["send_dropped" if full else "send_failed"] += 1


def _family_of(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def _open_both(port: int) -> list[socket.socket]:
    if not socket.has_ipv6:
        return [_open(socket.AF_INET, "0.0.0.0", port)]  # noqa: S104  # every address is what was asked for
    for attempt in range(TRIES):
        first = _open(socket.AF_INET, "0.0.0.0", port)  # noqa: S104 a server listens
        try:
            return [first, _open(socket.AF_INET6, "::", first.getsockname()[1])]
        except OSError as error:
            if _has_no_ipv6(error):
                return [first]
            first.close()
            # A free IPv4 port may be taken on IPv6: try another one.
            if port != 0 or attempt == TRIES - 1:
                raise
    raise AssertionError


def _has_no_ipv6(error: OSError) -> bool:
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def _open(family: socket.AddressFamily, bind: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        for option, forced in ((socket.SO_RCVBUF, _SO_RCVBUFFORCE), (socket.SO_SNDBUF, _SO_SNDBUFFORCE)):
            opened.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
            with suppress(OSError):
                opened.setsockopt(socket.SOL_SOCKET, forced, BUFFER_BYTES)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((bind, port))
    except OSError:
        opened.close()
        raise
    return opened
