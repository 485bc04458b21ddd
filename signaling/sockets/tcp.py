"""ICE-TCP, passive, on one port number (RFC 6544): for browsers whose network lets no UDP through.

A connection is a stranger's until the relay sends on it, which it does only to answer an authentic check. Strangers
are few, soon closed, and the oldest makes room for the next; one on which the relay has nothing to send for a minute
is closed, whatever comes by it. A reader that is too slow loses whole frames.
"""

import asyncio
import resource
import socket
import time
from collections.abc import Callable
from ipaddress import IPv6Address

from signaling.packet import Address, Packet
from signaling.sockets.frames import Frames, FrameTooLong, header
from signaling.sockets.listeners import Listeners
from signaling.sockets.udp import BATCH, Outgoing, Receive

MAX_CONNECTIONS = 2048
MAX_STRANGERS = 256
# A whole class may enter from one address; each browser opens a connection for each pair of addresses.
MAX_STRANGERS_EACH = 64
PROVE_WITHIN = 10.0
UNUSED_FOR = 60.0
SWEEP_EVERY = 1.0
# Half a second of a good picture; what waits longer is of no use in a call.
MAX_QUEUED = 128 * 1024
UNSENT_IN_KERNEL = 32 * 1024
CHUNK = 65536


class Connection:
    """One browser's connection, or a stranger's. `used` is when the relay last sent on it, monotonic seconds."""

    def __init__(self, opened: socket.socket, address: Address, now: float) -> None:
        self.socket = opened
        self.address = address
        self.network = _network(address[1])
        self.since = self.used = now
        self.frames = Frames()
        self.queue = bytearray()
        self.waits_to_write = False


class TcpPort:
    """The connections of one port. Same face as UdpPort; addresses begin with "tcp"; `bind` and `port` as Listeners'.

    Raises OSError when the port is taken.
    """

    def __init__(self, bind: str, port: int) -> None:
        self.counters = dict.fromkeys(("tcp_refused", "tcp_closed", "tcp_send_dropped", "tcp_send_failed"), 0)
        self._listeners = Listeners(bind, port)
        self.port = self._listeners.port
        self._connections: dict[Address, Connection] = {}
        self._strangers: dict[Address, Connection] = {}
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
        """How many are open, strangers' too."""
        return len(self._connections)

    def start(
        self, receive: Receive, drained: Callable[[], None], lost: Callable[[Address], None] = lambda address: None
    ) -> None:
        """Begin to accept and read, on the running loop. `lost` is told each connection that is no more."""
        self._receive, self._drained, self._lost = receive, drained, lost
        self._listeners.start(self._meet, self._turn_away)
        self._sweep()

    def close(self) -> None:
        """Close every connection and stop to listen."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in list(self._connections.values()):
            self._drop(connection)
        self._listeners.close()

    def send(self, datagrams: Outgoing) -> None:
        """Send each as a frame; a frame for which the connection has no room is dropped whole and counted."""
        touched: dict[Address, Connection] = {}
        for packet, address in datagrams:
            connection = self._connections.get(address)
            if connection is None:
                self.counters["tcp_send_failed"] += 1
                continue
            self._strangers.pop(address, None)
            if len(connection.queue) + 2 + packet.length > MAX_QUEUED:
                self.counters["tcp_send_dropped"] += 1
                continue
            connection.queue += header(packet.length)
            connection.queue += memoryview(packet.data)[: packet.length]
            touched[address] = connection
        now = time.monotonic()
        for connection in touched.values():
            connection.used = now
            if not connection.waits_to_write:
                self._write(connection)

    # Connections

    def _meet(self, opened: socket.socket, address: Address) -> None:
        if self._has_place_for(address):
            self._take(opened, address)
        else:
            self._turn_away()
            opened.close()

    def _turn_away(self) -> None:
        self.counters["tcp_refused"] += 1

    def _has_place_for(self, address: Address) -> bool:
        network = _network(address[1])
        alike = sum(each.network == network for each in self._strangers.values())
        return len(self._connections) < MAX_CONNECTIONS and alike < MAX_STRANGERS_EACH

    def _take(self, opened: socket.socket, address: Address) -> None:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            # Else the kernel would keep megabytes of stale picture for a slow reader.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_IN_KERNEL)
        if len(self._strangers) >= MAX_STRANGERS:
            self._refuse(next(iter(self._strangers.values())))
        connection = Connection(opened, address, time.monotonic())
        self._connections[address] = self._strangers[address] = connection
        asyncio.get_running_loop().add_reader(opened, self._read, connection)

    def _refuse(self, connection: Connection) -> None:
        self.counters["tcp_closed"] += 1
        self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        if self._connections.pop(connection.address, None) is None:
            return
        self._strangers.pop(connection.address, None)
        loop = asyncio.get_running_loop()
        loop.remove_reader(connection.socket)
        loop.remove_writer(connection.socket)
        connection.socket.close()
        self._lost(connection.address)

    def _sweep(self) -> None:
        now = time.monotonic()
        for connection in list(self._connections.values()):
            is_stranger = connection.address in self._strangers
            if (is_stranger and now - connection.since > PROVE_WITHIN) or now - connection.used > UNUSED_FOR:
                self._refuse(connection)
        self._sweeping = asyncio.get_running_loop().call_later(SWEEP_EVERY, self._sweep)

    # Frames

    def _read(self, connection: Connection) -> None:
        now = time.monotonic()
        try:
            chunk = connection.socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._drop(connection)
            return
        try:
            frames = connection.frames.feed(chunk)
        except FrameTooLong:
            self._refuse(connection)
            return
        # Packets are good until the next are received, so what they bring is sent on before.
        for first in range(0, len(frames), BATCH):
            for packet, frame in zip(self._packets, frames[first : first + BATCH], strict=False):
                packet.data[: len(frame)] = frame
                packet.length = len(frame)
                self._receive(packet, connection.address, now)
            self._drained()

    def _write(self, connection: Connection) -> None:
        try:
            sent = connection.socket.send(connection.queue)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(connection)
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


def allow_connections() -> None:
    """Let this process open as many descriptors as MAX_CONNECTIONS needs, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + 256
    if 0 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))


def _network(ip: str) -> str:
    """Who is counted as one: an IPv4 address, or an IPv6 network of 64 bits."""
    return IPv6Address(ip.partition("%")[0]).exploded[:19] if ":" in ip else ip
