"""What carries the datagrams of one end: a UDP socket, or frames in a TCP connection."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from signaling.probe.offer import Way
from signaling.sockets.frames import Frames, FrameTooLong, header

Heard = Callable[[bytes], None]


class Wire(Protocol):
    """Both kinds."""

    def send(self, datagram: bytes) -> None:
        """Send one datagram."""

    def close(self) -> None:
        """Close at once."""


class UdpWire(asyncio.DatagramProtocol):
    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # its own kind
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._heard(data)

    def send(self, datagram: bytes) -> None:
        self._transport.sendto(datagram)

    def close(self) -> None:
        self._transport.abort()


class TcpWire(asyncio.Protocol):
    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._frames = Frames()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # its own kind
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._frames.feed(data)
        except FrameTooLong:
            self._transport.abort()
            return
        for frame in frames:
            self._heard(bytes(frame))

    def send(self, datagram: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(header(len(datagram)) + datagram)

    def close(self) -> None:
        self._transport.abort()


async def open_wire(way: Way, heard: Heard) -> Wire:
    """A wire to this address; what comes from there is told to `heard`. Raises OSError."""
    loop = asyncio.get_running_loop()
    if way.transport == "udp":
        _, by_udp = await loop.create_datagram_endpoint(lambda: UdpWire(heard), remote_addr=(way.ip, way.port))
        return by_udp
    _, by_tcp = await loop.create_connection(lambda: TcpWire(heard), way.ip, way.port)
    return by_tcp
