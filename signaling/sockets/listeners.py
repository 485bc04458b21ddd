"""The listening TCP sockets of one port number, IPv4 and IPv6. They pause while the system has no descriptors left."""

import asyncio
import errno
import socket
from collections.abc import Callable

from signaling.packet import Address

MAX_ACCEPTS = 16
PAUSE_SECONDS = 1.0


class Listeners:
    """`bind` is one address, "0.0.0.0" for every IPv4 address, or "::" for every address of both families; `port` 0
    takes a free one. Raises OSError when the port is taken."""

    def __init__(self, bind: str, port: int) -> None:
        self._listening = _listen_on_all(port) if bind in ("", "::") else [_listen(bind, port)]
        self.port: int = self._listening[0].getsockname()[1]
        self._accepted: Callable[[socket.socket, Address], None] | None = None
        self._failed: Callable[[], None] = lambda: None

    @property
    def families(self) -> frozenset[socket.AddressFamily]:
        """The address families that this port serves."""
        return frozenset(each.family for each in self._listening)

    def start(self, accepted: Callable[[socket.socket, Address], None], failed: Callable[[], None]) -> None:
        """Start to accept, on the running loop. `accepted` gets each socket with its remote address; `failed` is
        called when the system could not accept one."""
        self._accepted, self._failed = accepted, failed
        for listening in self._listening:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Stop listening."""
        for listening in self._listening:
            if self._accepted is not None:
                asyncio.get_running_loop().remove_reader(listening)
            listening.close()
        self._listening = []

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(MAX_ACCEPTS):
            try:
                opened, source = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                self._pause(listening)
                return
            if self._accepted is not None:
                self._accepted(opened, ("tcp", source[0], source[1]))

    def _pause(self, listening: socket.socket) -> None:
        # The system has no descriptor left: each further attempt would fail at once.
        self._failed()
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)

        def resume() -> None:
            if listening in self._listening:
                loop.add_reader(listening, self._accept, listening)

        loop.call_later(PAUSE_SECONDS, resume)


def _listen_on_all(port: int) -> list[socket.socket]:
    first = _listen("0.0.0.0", port)  # noqa: S104 a server listens
    try:
        return [first, _listen("::", first.getsockname()[1])]
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            return [first]
        first.close()
        raise


def _listen(bind: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        # A relay process must get the port although connections of a killed one are still in TIME_WAIT.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((bind, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened
