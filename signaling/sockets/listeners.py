"""The listening TCP sockets of one port number, IPv4 and IPv6, and what they do when the system has had enough."""

import asyncio
import errno
import socket
from collections.abc import Callable

from signaling.packet import Address

ACCEPTS = 16
REST_S = 1.0


class Listeners:
    """`bind` is one address, "0.0.0.0" for every IPv4 address, or "::" for every address of both families; `port` 0
    takes a free one. Raises OSError when the port is taken."""

    def __init__(self, bind: str, port: int) -> None:
        self._listening = _listen_on_all(port) if bind in ("", "::") else [_listen(bind, port)]
        self.port: int = self._listening[0].getsockname()[1]
        self._take: Callable[[socket.socket, Address], None] | None = None
        self._failed: Callable[[], None] = lambda: None

    @property
    def families(self) -> frozenset[socket.AddressFamily]:
        """The address families that are listened on."""
        return frozenset(each.family for each in self._listening)

    def start(self, take: Callable[[socket.socket, Address], None], failed: Callable[[], None]) -> None:
        """Begin to accept, on the running loop. `take` gets each socket and whom it leads to; `failed` is told that
        the system could not give one."""
        self._take, self._failed = take, failed
        for listening in self._listening:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Stop to listen."""
        for listening in self._listening:
            if self._take is not None:
                asyncio.get_running_loop().remove_reader(listening)
            listening.close()
        self._listening = []

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS):
            try:
                opened, source = listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                self._rest(listening)
                return
            if self._take is not None:
                self._take(opened, ("tcp", source[0], source[1]))

    def _rest(self, listening: socket.socket) -> None:
        # The system has no descriptor left: the next try would fail at once, and the next, for ever.
        self._failed()
        loop = asyncio.get_running_loop()
        loop.remove_reader(listening)

        def go_on() -> None:
            if listening in self._listening:
                loop.add_reader(listening, self._accept, listening)

        loop.call_later(REST_S, go_on)


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
        # Connections of a relay process that was killed linger; its successor takes the port all the same.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((bind, port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened
