"""UDP in batches: recvmmsg and sendmmsg by cffi in ABI mode (mmsg.py), which needs no compiler. 64-bit Linux.

A system call costs more than the encryption of the packet that it carries. Here one call receives up to BATCH
datagrams, each directly into the buffer in which it is decrypted and from which it is sent, and one call sends as many.
When they are read is up to the loop (media_loop.py).
"""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from signaling.packet import Address, Packet
from signaling.sockets import packet_info
from signaling.sockets.media_loop import MediaLoop
from signaling.sockets.mmsg import MessageArray, address_of, ffi, name_of, pointer_to
from signaling.sockets.udp import BATCH, Outgoing, Receive, UdpPort

# Batches that may be read at once, so that a flood cannot delay the control socket.
MAX_BATCHES = 4
MAX_ADDRESSES = 4096
MAX_LOCAL_ADDRESSES = 64


class BatchSocket:
    """One of the port's sockets, with its messages for both directions."""

    def __init__(self, opened: socket.socket, with_info: bool) -> None:
        self.socket = opened
        self.with_info = with_info
        # By local address: the addresses of senders by their keys.
        self.sources: dict[Any, dict[Any, Address]] = {}
        self.packets = [Packet() for _ in range(BATCH)]
        self.incoming = MessageArray(opened.family, with_info, BATCH)
        for index, packet in enumerate(self.packets):
            self.incoming.vectors[2 * index] = packet.memory_address
            self.incoming.vectors[2 * index + 1] = len(packet.data)
        self.outgoing = MessageArray(opened.family, with_info, BATCH)
        self.filled = 0


# The socket, pointers to the name and the control message (0 for none), and the objects that own this memory.
Target = tuple[BatchSocket, int, int, Any]


class BatchPort(UdpPort):
    """A UdpPort that reads and sends in batches."""

    def __init__(self, bind: str, port: int) -> None:
        super().__init__(bind, port)
        self._library: Any = ffi.dlopen(None)
        self._batch_sockets = {
            opened.family: BatchSocket(opened, opened in self._with_info) for opened in self._sockets
        }
        self._targets: dict[Address, Target] = {}

    def start(self, receive: Receive, drained: Callable[[], None]) -> None:
        """Start to read, on the running loop."""
        self._receive, self._drained = receive, drained
        loop = asyncio.get_running_loop()
        for batch_socket in self._batch_sockets.values():
            if isinstance(loop, MediaLoop):
                loop.add_media_reader(batch_socket.socket.fileno(), partial(self._read, batch_socket))
            else:
                loop.add_reader(batch_socket.socket, self._read, batch_socket)

    def close(self) -> None:
        """Stop reading and close."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, MediaLoop):
            for batch_socket in self._batch_sockets.values():
                loop.remove_media_reader(batch_socket.socket.fileno())
        super().close()

    # Reading

    def _read(self, batch_socket: BatchSocket) -> int:
        """Reads what has arrived, and returns how many datagrams."""
        now, received = time.monotonic(), 0
        for _ in range(MAX_BATCHES):
            count = self._library.recvmmsg(
                batch_socket.socket.fileno(), batch_socket.incoming.headers, BATCH, socket.MSG_DONTWAIT, ffi.NULL
            )
            if count <= 0:
                if count < 0 and ffi.errno not in (errno.EAGAIN, errno.EINTR):
                    self.counters["receive_failed"] += 1
                break
            received += count
            incoming = batch_socket.incoming
            lengths, keys, locals_ = incoming.lengths(count), incoming.keys(count), incoming.local_keys(count)
            if locals_.count(locals_[0]) == count:
                self._pass_on(batch_socket, zip(batch_socket.packets, lengths, keys, strict=False), locals_[0], now)
            else:
                for packet, length, key, local in zip(batch_socket.packets, lengths, keys, locals_, strict=False):
                    self._pass_on(batch_socket, ((packet, length, key),), local, now)
            self._drained()
            self.traffic.note(count, time.monotonic() - now)
            if count < BATCH:
                break
        return received

    def _pass_on(
        self, batch_socket: BatchSocket, datagrams: Iterable[tuple[Packet, int, Any]], local: Any, now: float
    ) -> None:
        """Pass on datagrams that were sent to one of our local addresses."""
        receive, sources = self._receive, batch_socket.sources.get(local)
        if sources is None:
            if len(batch_socket.sources) >= MAX_LOCAL_ADDRESSES:
                batch_socket.sources.clear()
            sources = batch_socket.sources[local] = {}
        for packet, length, key in datagrams:
            packet.length = length
            receive(packet, sources.get(key) or self._add_source(batch_socket, sources, key, local), now)

    def _add_source(self, batch_socket: BatchSocket, sources: dict[Any, Address], key: Any, local: Any) -> Address:
        if len(sources) >= MAX_ADDRESSES:
            sources.clear()
        source = sources[key] = address_of(batch_socket.socket.family, key, local)
        return source

    # Sending

    def send(self, datagrams: Outgoing) -> None:
        """Send each datagram; one that the system does not accept now is dropped and counted."""
        targets = self._targets
        for packet, address in datagrams:
            target = targets.get(address) or self._add_target(address)
            if target is None:
                self.counters["send_failed"] += 1
                continue
            batch_socket, name, control, _ = target
            outgoing, index = batch_socket.outgoing, batch_socket.filled
            outgoing.name_pointers[index] = name
            if control:
                outgoing.control_pointers[index] = control
            outgoing.vectors[2 * index] = packet.memory_address
            outgoing.vectors[2 * index + 1] = packet.length
            batch_socket.filled = index + 1
            if batch_socket.filled == BATCH:
                self._flush(batch_socket)
        self._flush_all()

    def _add_target(self, address: Address) -> Target | None:
        _, ip, port, *local = address
        batch_socket = self._batch_sockets.get(socket.AF_INET6 if ":" in ip else socket.AF_INET)
        if batch_socket is None:
            return None
        if len(self._targets) >= MAX_ADDRESSES:
            # Messages that wait to be sent point to these names.
            self._flush_all()
            self._targets.clear()
        family = batch_socket.socket.family
        name = ffi.new("char[]", name_of(family, ip, port))
        control = ffi.NULL
        if batch_socket.with_info:
            control = ffi.new("char[]", packet_info.control_message(family, *local or [""]))
        found = self._targets[address] = batch_socket, pointer_to(name), pointer_to(control), (name, control)
        return found

    def _flush_all(self) -> None:
        for batch_socket in self._batch_sockets.values():
            if batch_socket.filled:
                self._flush(batch_socket)

    def _flush(self, batch_socket: BatchSocket) -> None:
        count, batch_socket.filled = batch_socket.filled, 0
        done = 0
        while done < count:
            sent = self._library.sendmmsg(
                batch_socket.socket.fileno(), batch_socket.outgoing.headers + done, count - done, 0
            )
            if sent > 0:
                done += sent
                self.traffic.sent += sent
            elif ffi.errno != errno.EINTR:
                # The first one of the rest was refused.
                self._count(ffi.errno)
                done += 1
