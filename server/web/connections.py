"""Limits on connections: how long a client may take to send a request, and how many connections it may have.

What is half-sent or idle holds no place for long: a connection that is one too many takes the place of the one that
has kept the server waiting longest. A client that opens thousands closes its own, and everybody else is served.
"""

import asyncio
import logging
import resource
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from server.errors import TooManyTries
from server.web.client_address import caller, caller_of
from server.web.keys import CLOCK

# From the connection, or the first byte of a further request on it, to the end of the header.
HEADER_S = 20.0
# A form has 64 KB at most.
BODY_S = 30.0
IDLE_S = 75.0
# A proxy closes its idle connections itself: one that we closed first could be taken for the next request.
PROXY_IDLE_S = 3600.0
MOST = 10_000
MOST_EACH = 256
# How many connections may wait to be accepted; a system may allow fewer. One that finds no place there comes again
# after a second, or three, or seven.
BACKLOG = 4096
# How many are accepted at once, between other work.
ACCEPTED_AT_ONCE = 64
# The descriptors that are kept for the database, files, relay processes, emails, and connections that are being closed.
RESERVED = 384
ACCEPT_AGAIN_S = 0.2
BUSY = timedelta(seconds=5)

log = logging.getLogger(__name__)


def raise_descriptor_limit() -> None:
    """Raises the number of files and sockets that this process may have open to the most that it may set."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems report a limit that they do not accept.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_connections() -> int:
    """How many connections this process may have, of the descriptors that it may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else min(MOST, max(soft - RESERVED, soft // 4))


class ConnectionShare:
    """The connections of one client, or of all together: no more than `most`."""

    def __init__(self, most: int) -> None:
        self.open = 0
        # In the order in which they began to wait for their client.
        self.half_sent: dict[Connection, None] = {}
        self.idle: dict[Connection, None] = {}
        self._most = most

    def make_room(self, whose: str) -> bool:
        """Drops the connection that has waited longest if one more would be too many; false when none waits."""
        if self.open < self._most:
            return True
        log.warning("%s has %d connections, the most there may be: what waits longest is closed", whose, self._most)
        oldest = next(iter(self.half_sent), None) or next(iter(self.idle), None)
        if oldest is not None:
            oldest.drop()
        return oldest is not None


class ConnectionLimits:
    """The connections of this process. Behind `proxies` a client is whom they forward for, not who is connected."""

    def __init__(self, proxies: int, most: int) -> None:
        self.behind_proxies = proxies > 0
        self.all = ConnectionShare(most)
        self._most_each = min(MOST_EACH, most // 2)
        self._clients: dict[str, ConnectionShare] = {}
        self._requests: Counter[str] = Counter()

    def admit(self, peer: str | None) -> tuple[ConnectionShare, ...] | None:
        """The shares that a connection from this address is counted in; None when there is no room in one of them."""
        shares: tuple[ConnectionShare, ...] = (self.all,)
        if not self.behind_proxies:
            each = self._clients.setdefault(caller(peer, (), 0), ConnectionShare(self._most_each))
            if not each.make_room("a client"):
                return None
            shares = (self.all, each)
        if not self.all.make_room("the server"):
            return None
        for share in shares:
            share.open += 1
        return shares

    def release(self, peer: str | None, shares: tuple[ConnectionShare, ...]) -> None:
        """Counts a connection no longer."""
        for share in shares:
            share.open -= 1
        client = caller(peer, (), 0)
        if client in self._clients and not self._clients[client].open:
            del self._clients[client]

    @contextmanager
    def request_of(self, request: web.Request) -> Iterator[None]:
        """Counts the request for the client that a proxy forwards it for. Raises TooManyTries."""
        client = caller_of(request)
        if self._requests[client] >= self._most_each:
            raise TooManyTries(request.app[CLOCK]() + BUSY)
        self._requests[client] += 1
        try:
            yield
        finally:
            self._requests[client] -= 1
            if not self._requests[client]:
                del self._requests[client]


class Connection(web.RequestHandler):
    """One connection: aiohttp's, within the limits."""

    __slots__ = ("_answers", "_deadline", "_head", "_limits", "_peer", "_shares")

    def __init__(
        self,
        server: web.Server,
        limits: ConnectionLimits,
        peer: str | None,
        shares: tuple[ConnectionShare, ...],
        head: bytes = b"",
    ) -> None:
        """`head` is that of the first request, where another process has read it."""
        idle = PROXY_IDLE_S if limits.behind_proxies else IDLE_S
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=idle,
            access_log=None,  # type: ignore[arg-type] # None is what aiohttp documents for no log: it would hold secrets
        )
        self._limits = limits
        self._peer = peer
        self._shares = shares
        self._head = head
        self._deadline: asyncio.TimerHandle | None = None
        self._answers = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._wait_for_client(HEADER_S, self.drop)
        if self._head:
            self.data_received(self._head)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and not self._answers:
            self._wait_for_client(HEADER_S, self.drop)
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def drop(self) -> None:
        """Ends it at once: it takes no place from now on."""
        self._leave()
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    @contextmanager
    def answering(self, request: web.Request) -> Iterator[None]:
        """While a request of this connection is answered."""
        self._answers = True
        if request.content.is_eof():
            self._wait_no_longer()
        else:
            self._wait_for_client(BODY_S, partial(request.content.set_exception, TimeoutError("the body is late")))
            request.content.on_eof(self._body_came)
        try:
            yield
        finally:
            self._answers = False
            self._wait_no_longer()
            for share in self._shares:
                share.idle[self] = None

    @property
    def limits(self) -> ConnectionLimits:
        """The limits that it is within."""
        return self._limits

    def _body_came(self) -> None:
        if self._answers:
            self._wait_no_longer()

    def _wait_for_client(self, seconds: float, at_the_end: Callable[[], None]) -> None:
        self._wait_no_longer()
        self._deadline = asyncio.get_running_loop().call_later(seconds, at_the_end)
        for share in self._shares:
            share.half_sent[self] = None

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        for share in self._shares:
            share.half_sent.pop(self, None)
            share.idle.pop(self, None)

    def _leave(self) -> None:
        self._wait_no_longer()
        shares, self._shares = self._shares, ()
        if shares:
            self._limits.release(self._peer, shares)


class LimitedSite(web.BaseSite):
    """Serves the runner's application at a listening socket, within the limits."""

    __slots__ = ("_accepted_at_once", "_connecting", "_limits", "_listening")

    def __init__(
        self, runner: web.AppRunner, listening: socket.socket, limits: ConnectionLimits, processes: int = 1
    ) -> None:
        """`processes` accept at the socket: none takes many connections while another one is idle."""
        super().__init__(runner)
        self._accepted_at_once = ACCEPTED_AT_ONCE if processes == 1 else 1
        self._listening = listening
        self._limits = limits
        # The event loop alone would forget them.
        self._connecting: set[asyncio.Task[object]] = set()

    @property
    def name(self) -> str:
        """The address it listens at."""
        return str(self._listening.getsockname())

    async def start(self) -> None:
        """Accepts connections from now on."""
        await super().start()
        self._listening.setblocking(False)
        self._listening.listen(BACKLOG)
        self._listen()

    async def stop(self) -> None:
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()
        if self._connecting:
            # What was accepted is served, too.
            await asyncio.wait(self._connecting)
        await super().stop()

    def _listen(self) -> None:
        if self._listening.fileno() >= 0:
            asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        for _ in range(self._accepted_at_once):
            try:
                accepted, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("no connection can be accepted: %s", error.strerror)
                loop = asyncio.get_running_loop()
                loop.remove_reader(self._listening)
                loop.call_later(ACCEPT_AGAIN_S, self._listen)
                return
            self.serve(accepted, address[0])

    def serve(self, accepted: socket.socket, peer: str, head: bytes = b"") -> None:
        """Serves a connection from this address; `head` is that of its first request, where it was read already."""
        server, shares = self._runner.server, self._limits.admit(peer)
        if server is None or shares is None:
            accepted.close()
            return
        accepted.setblocking(False)
        loop = asyncio.get_running_loop()
        connection = Connection(server, self._limits, peer, shares, head)
        connecting = loop.create_task(loop.connect_accepted_socket(lambda: connection, accepted))
        self._connecting.add(connecting)
        connecting.add_done_callback(self._connecting.discard)


@web.middleware
async def limits_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tells the connection when it answers, and limits the requests of each client behind a proxy."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    with connection.answering(request):
        if not connection.limits.behind_proxies:
            return await handler(request)
        with connection.limits.request_of(request):
            return await handler(request)
