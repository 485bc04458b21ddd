"""Systems of a scheme that listen for events: real servers on loopback, each with its own manners."""

import asyncio
import base64
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp import web

from server.webhooks.transport import HookPolicy

LOOPBACK = HookPolicy((ip_network("127.0.0.1/32"),), timeout_s=30.0, connect_s=30.0, answer_s=0.2)

Manners = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Received:
    """A call as it came."""

    id: str
    timestamp: str
    signature: str
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """As a receiver checks it that has the secret alone."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join((self.id.encode(), self.timestamp.encode(), self.body))
        expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return self.signature == f"v1,{expected}"


@dataclass
class Receiver:
    """`manners` may be replaced."""

    port: int
    manners: Manners
    received: list[Received] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        self.received.append(Received(*(request.headers[name] for name in names), await request.read()))
        self.came.set()
        return await self.manners(request)


def answering(status: int, text: str = "", **headers: str) -> Manners:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers={key.title(): value for key, value in headers.items()})

    return answer


async def hanging(_: web.Request) -> web.StreamResponse:
    """Never answers."""
    await asyncio.Event().wait()
    raise AssertionError


async def dripping(request: web.Request) -> web.StreamResponse:
    """Says that all is well, and never ends saying it."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"still")
    await asyncio.Event().wait()
    return response


@asynccontextmanager
async def receiver(manners: Manners) -> AsyncIterator[Receiver]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        here = Receiver(listening.getsockname()[1], manners)
        runner = web.ServerRunner(web.Server(here.handle, handler_cancellation=True), shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        yield here
        await runner.cleanup()
