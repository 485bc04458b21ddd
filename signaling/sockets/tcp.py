"""ICE-TCP, passive, on one port number (RFC 6544): for browsers whose network blocks UDP.

A connection is unproven until the relay sends on it, which it first does to answer an authentic check. There may be few
unproven connections: each is closed after some seconds, and the oldest when another one needs its place. A connection
on which the relay has nothing to send for a minute is closed, whatever arrives on it. A browser that reads too slowly
loses whole frames.
"""

import asyncio
import resource
import socket
import time
from collections.abc import Callable
from ipaddress import IPv6Address

from signaling.packet import Address, Packet
from signaling.sockets.frames import FrameDecoder, FrameTooLong, header
from signaling.sockets.listeners import Listeners
from signaling.sockets.traffic import Traffic
from signaling.sockets.udp import BATCH, Outgoing, Receive

MAX_CONNECTIONS = 2048
MAX_UNPROVEN = 256
# Many people may enter from one address, and each browser opens a connection for each pair of addresses.
MAX_UNPROVEN_PER_NETWORK = 64
PROVE_SECONDS = 10.0
UNUSED_SECONDS = 60.0
SWEEP_INTERVAL = 1.0
# Half a second of a good picture; anything later is of no use in a call.
MAX_QUEUED = 128 * 1024
UNSENT_IN_KERNEL = 32 * 1024
CHUNK = 65536


class TcpConnection:
    """`used` is when the relay last sent on it, monotonic seconds."""

    def __init__(self, opened: socket.socket, address: Address, now: float) -> None:
        self.socket = opened
        self.address = address
        self.network = _network(address[1])
        self.since = self.used = now
        self.frames = FrameDecoder()
        self.queue = bytearray()
        self.waits_to_write = False


class TcpPort:
    """The connections of one port, with the interface of UdpPort. Addresses begin with "tcp"; `bind` and `port` are
    those of Listeners.

    Raises OSError when the port is taken.
    """

    def __init__(self, bind: str, port: int) -> None:
        self.counters = dict.fromkeys(("tcp_refused", "tcp_closed", "tcp_send_dropped", "tcp_send_failed"), 0)
        self.traffic = Traffic()
        self._listeners = Listeners(bind, port)
        self.port = self._listeners.port
        self._connections: dict[Address, TcpConnection] = {}
        self._unproven: dict[Address, TcpConnection] = {}
        self._packets = [Packet() for _ in range(BATCH)]
        self._receive: Receive = lambda packet, source, now: None
        self._drained: Callable[[], None] = lambda: None
        self._lost: Callable[[Address], None] = lambda address: None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def families(self) -> frozenset[socket.AddressFamily]:
        """The address families that this port serves."""
        return self._listeners.families

    @property
    def connections(self) -> int:
        """How many are open, unproven ones included."""
        return len(self._connections)

    def start(
        self, receive: Receive, drained: Callable[[], None], lost: Callable[[Address], None] = lambda address: None
    ) -> None:
        """Start to accept and read, on the running loop. `lost` gets the address of each closed connection."""
        self._receive, self._drained, self._lost = receive, drained, lost
        self._listeners.start(self._accept, self._count_refusal)
        self._sweep()

    def close(self) -> None:
        """Close all connections and stop listening."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in list(self._connections.values()):
            self._remove(connection)
        self._listeners.close()

    def send(self, datagrams: Outgoing) -> None:
        """Send each as a frame; a frame that does not fit into the connection's queue is dropped and counted."""
        touched: dict[Address, TcpConnection] = {}
        for packet, address in datagrams:
            connection = self._connections.get(address)
            if connection is None:
                self.counters["tcp_send_failed"] += 1
                continue
            self._unproven.pop(address, None)
            if len(connection.queue) + 2 + packet.length > MAX_QUEUED:
                self.counters["tcp_send_dropped"] += 1
                continue
            connection.queue += header(packet.length)
            connection.queue += memoryview(packet.data)[: packet.length]
            self.traffic.sent += 1
            touched[address] = connection
        now = time.monotonic()
        for connection in touched.values():
            connection.used = now
            if not connection.waits_to_write:
                self._write(connection)

    # Connections

    def _accept(self, opened: socket.socket, address: Address) -> None:
        if self._has_room_for(address):
            self._add(opened, address)
        else:
            self._count_refusal()
            opened.close()

    def _count_refusal(self) -> None:
        self.counters["tcp_refused"] += 1

    def _has_room_for(self, address: Address) -> bool:
        network = _network(address[1])
        same = sum(each.network == network for each in self._unproven.values())
        return len(self._connections) < MAX_CONNECTIONS and same < MAX_UNPROVEN_PER_NETWORK

    def _add(self, opened: socket.socket, address: Address) -> None:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            # Otherwise the kernel would queue megabytes of old pictures for a slow reader.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_IN_KERNEL)
        if len(self._unproven) >= MAX_UNPROVEN:
            self._evict(next(iter(self._unproven.values())))
        connection = TcpConnection(opened, address, time.monotonic())
        self._connections[address] = self._unproven[address] = connection
        asyncio.get_running_loop().add_reader(opened, self._read, connection)

    def _evict(self, connection: TcpConnection) -> None:
        self.counters["tcp_closed"] += 1
        self._remove(connection)

    def _remove(self, connection: TcpConnection) -> None:
        if self._connections.pop(connection.address, None) is None:
            return
        self._unproven.pop(connection.address, None)
        loop = asyncio.get_running_loop()
        loop.remove_reader(connection.socket)
        loop.remove_writer(connection.socket)
        connection.socket.close()
        self._lost(connection.address)

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self._connections.values()):
            is_unproven = connection.address in self._unproven
            if (is_unproven and now - connection.since > PROVE_SECONDS) or now - connection.used > UNUSED_SECONDS:
                self._evict(connection)
        self._sweeping = asyncio.get_running_loop().call_later(SWEEP_INTERVAL, self._sweep)

    # Frames

    def _read(self, connection: TcpConnection) -> None:
        now = time.monotonic()
        try:
            chunk = connection.socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._remove(connection)
            return
        try:
            frames = connection.frames.feed(chunk)
        except FrameTooLong:
            self._evict(connection)
            return
        # Packets are valid until the next ones are received, so what follows from them is sent first.
        for first in range(0, len(frames), BATCH):
            for packet, frame in zip(self._packets, frames[first : first + BATCH], strict=False):
                packet.data[: len(frame)] = frame
                packet.length = len(frame)
                self._receive(packet, connection.address, now)
            self._drained()
            self.traffic.note(len(frames[first : first + BATCH]), time.monotonic() - now)

    def _write(self, connection: TcpConnection) -> None:
        try:
            sent = connection.socket.send(connection.queue)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._remove(connection)
            return
        del connection.queue[:sent]
        left = bool(connection.queue)
        if left != connection.waits_to_write:
            connection.waits_to_write = left
            loop = asyncio.get_running_loop()
            if left:
                loop.add_writer(connection.socket, self._write, connection)
            else:
                loop.remove_writer(connection.socket)


def raise_descriptor_limit() -> None:
    """Let this process open as many descriptors as MAX_CONNECTIONS needs, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + 256
    if 0 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))


def _network(ip: str) -> str:
    """What counts as one network: an IPv4 address, or an IPv6 network of 64 bits."""
    return IPv6Address(ip.partition("%")[0]).exploded[:19] if ":" in ip else ip
