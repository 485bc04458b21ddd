"""The relay's two ports with one number: UDP, and TCP for networks that block UDP."""

import socket
from collections.abc import Callable

from signaling.packet import Address, Packet
from signaling.sockets.batch import BatchPort
from signaling.sockets.mmsg import available
from signaling.sockets.tcp import TcpPort
from signaling.sockets.udp import Outgoing, Receive, UdpPort

TRIES = 50


class Ports:
    """A UDP port, with batches where the system supports them, and a TcpPort, with one interface. `bind` and `port`
    as theirs; `traffic` is that of both.

    Raises OSError when either port is taken.
    """

    def __init__(self, bind: str, port: int) -> None:
        self._udp, self._tcp = _open_both(bind, port)
        self.traffic = self._tcp.traffic = self._udp.traffic

    @property
    def port(self) -> int:
        """The port number of both."""
        return self._udp.port

    @property
    def families(self) -> frozenset[socket.AddressFamily]:
        """The address families that both serve."""
        return self._udp.families

    @property
    def counters(self) -> dict[str, int]:
        """The counters of both."""
        return {**self._udp.counters, **self._tcp.counters}

    def start(self, receive: Receive, drained: Callable[[], None], lost: Callable[[Address], None]) -> None:
        """Start to read, on the running loop; `lost` gets the address of each TCP connection that was closed."""
        self._udp.start(receive, drained)
        self._tcp.start(receive, drained, lost)

    def close(self) -> None:
        """Stop reading and close."""
        self._udp.close()
        self._tcp.close()

    def send(self, datagrams: Outgoing) -> None:
        """Send each by UDP or TCP, as its address says."""
        if not self._tcp.connections:
            self._udp.send(datagrams)
            return
        by_udp: list[tuple[Packet, Address]] = []
        by_tcp: list[tuple[Packet, Address]] = []
        for each in datagrams:
            (by_udp if each[1][0] == "udp" else by_tcp).append(each)
        self._udp.send(by_udp)
        self._tcp.send(by_tcp)


def _open_both(bind: str, port: int) -> tuple[UdpPort, TcpPort]:
    for attempt in range(TRIES):
        try:
            tcp = TcpPort(bind, port)
            try:
                return (BatchPort if available() else UdpPort)(bind, tcp.port), tcp
            except OSError:
                tcp.close()
                raise
        except OSError:
            # A port that is free on TCP and IPv4 may be taken on UDP or IPv6: try another one.
            if port != 0 or attempt == TRIES - 1:
                raise
    raise AssertionError
