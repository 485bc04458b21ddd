"""What carries the datagrams of one probe client: a UDP socket, or frames in a TCP connection."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from signaling.relay.sdp.answer import Candidate
from signaling.sockets.frames import FrameDecoder, FrameTooLong, header

Receive = Callable[[bytes], None]


class ProbeTransport(Protocol):
    """The interface of both kinds."""

    def send(self, datagram: bytes) -> None:
        """Send one datagram."""

    def close(self) -> None:
        """Close at once."""


class UdpProbeTransport(asyncio.DatagramProtocol):
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # its own kind
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._receive(data)

    def send(self, datagram: bytes) -> None:
        self._transport.sendto(datagram)

    def close(self) -> None:
        self._transport.abort()


class TcpProbeTransport(asyncio.Protocol):
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._frames = FrameDecoder()
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
            self._receive(bytes(frame))

    def send(self, datagram: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(header(len(datagram)) + datagram)

    def close(self) -> None:
        self._transport.abort()


async def open_transport(candidate: Candidate, receive: Receive) -> ProbeTransport:
    """A transport to this candidate; datagrams from there go to `receive`. Raises OSError."""
    loop = asyncio.get_running_loop()
    address = candidate.ip, candidate.port
    if candidate.transport == "udp":
        _, udp = await loop.create_datagram_endpoint(lambda: UdpProbeTransport(receive), remote_addr=address)
        return udp
    _, tcp = await loop.create_connection(lambda: TcpProbeTransport(receive), *address)
    return tcp
