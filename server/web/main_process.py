"""In a page process: the way to the main process, which has the calls, the open streams and the jobs.

What only the main process can do is sent to it over a Unix socket, one packet each: that a person is to leave a call,
what a transaction has changed, and whole requests with their connection. See docs/processes.md.
"""

import asyncio
import json
import select
import socket
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from aiohttp import web

from server.db.changes import Topic
from server.errors import NotFound
from server.web.keys import HANDED_ON, LeavingReason

LARGEST_PACKET = 128 * 1024
# Of the settings, which are the first packet, and of what follows.
LARGEST_FROM_MAIN = 256 * 1024
BODY_FIELDS = frozenset({"content-length", "transfer-encoding"})


class MainProcess:
    """`channel` is one end of a Unix socket pair that keeps packets apart. When the main process is gone, what could be
    told to it is told to nobody: the next one looks for itself."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        channel.setblocking(False)

    def tell_ready(self) -> None:
        """This process serves pages now."""
        self._tell("ready")

    async def remove(self, call: str, person: str, why: LeavingReason = "removed") -> None:
        self._tell("remove", call, person, why)

    async def drain(self, relay: int) -> None:
        self._tell("drain", relay)

    async def end_visit(self, visit: str) -> None:
        self._tell("end_visit", visit)

    async def end_closed(self) -> None:
        self._tell("end_closed")

    def tell_changes(self, topics: Collection[Topic]) -> None:
        """A transaction here has changed these."""
        if topics:
            self._tell("changed", list(topics))

    def tell_foreign_origin(self, origin: str) -> None:
        """Pages were opened at another address than theirs."""
        self._tell("foreign", origin)

    def tell_measured(self, measurements: list[Any]) -> None:
        """What this process has measured."""
        self._tell("measured", measurements)

    def hand_on(self, connection: int, peer: str, head: bytes) -> None:
        """Lets the main process answer the request with this head on the connection (a descriptor), and what follows
        on it. Raises OSError."""
        self._send(["hand_on", peer, head.decode("latin-1")], [connection])

    async def end(self) -> float | None:
        """Waits until this process is to end. For so many seconds connections are kept for one more request; None: for
        none, as the main process is gone or ends at once."""
        packet = await asyncio.get_running_loop().sock_recv(self._channel, LARGEST_FROM_MAIN)
        return float(packet) if packet else None

    def _tell(self, *message: object) -> None:
        with suppress(ConnectionError):
            self._send(message, [])

    def _send(self, message: object, descriptors: list[int]) -> None:
        packet = json.dumps(message).encode()
        while True:
            try:
                socket.send_fds(self._channel, [packet], descriptors)
            except BlockingIOError:
                # The main process is behind. What is ended or handed on must reach it: this process waits, too.
                select.select([], [self._channel], [])
            else:
                return


MAIN_PROCESS = web.AppKey("main_process", MainProcess)


async def hand_on(request: web.Request) -> web.Response:
    """Lets the main process answer; nothing is written here. Raises NotFound for a request with a body.

    A browser sends nothing on the connection until it has the answer, so that the head is all that was read.
    """
    transport = request.transport
    head = head_of(request)
    if len(head) > LARGEST_PACKET or not BODY_FIELDS.isdisjoint(name.lower() for name in request.headers):
        raise NotFound
    request[HANDED_ON] = True
    if transport is not None:
        peer = transport.get_extra_info("peername")[0]
        request.app[MAIN_PROCESS].hand_on(transport.get_extra_info("socket").fileno(), peer, head)
        # Only this process lets go of the connection: the other one has a descriptor of its own.
        if isinstance(transport, asyncio.Transport):
            transport.abort()
    return web.Response()


def head_of(request: web.Request) -> bytes:
    """The request's first line and header as they came (RFC 9112 section 2.1)."""
    first = f"{request.method} {request.raw_path} HTTP/{request.version.major}.{request.version.minor}\r\n"
    fields = (name + b": " + value + b"\r\n" for name, value in request.raw_headers)
    return first.encode("utf-8", "surrogateescape") + b"".join(fields) + b"\r\n"
