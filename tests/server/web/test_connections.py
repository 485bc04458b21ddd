"""Limits on connections: time for header and body, and a share for each client."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from server.config import read_settings
from server.errors import TooManyTries
from server.secret import ServerSecret
from server.web import connections
from server.web.access import UnreadableRequest, form_of
from server.web.connections import ConnectionLimits, LimitedSite, limits_middleware, most_connections
from server.web.keys import CLOCK, SECRET, SETTINGS
from tests.cast import until
from tests.server.actors import NOW

PAGE = b"GET /page HTTP/1.1\r\nHost: here\r\n%s\r\n"
HALF_A_HEADER = b"GET /page HTTP/1.1\r\nHost: he"
HALF_A_FORM = (
    b"POST /form HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 20\r\n%s\r\nname="
)


@dataclass
class Place:
    """A small application within limits, and those who are connected to it."""

    port: int
    limits: ConnectionLimits
    refused: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, sent: bytes = b"", address: str = "127.0.0.1") -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))
        self.writers.append(writer)
        writer.write(sent)
        return reader

    async def status(self, address: str = "127.0.0.1", headers: bytes = b"") -> int:
        """The status of the page for a new connection from this address."""
        reader = await self.connect(PAGE % headers, address)
        return int((await reader.readline()).split()[1])


Serve = Callable[..., Awaitable[Place]]


async def gone(reader: asyncio.StreamReader) -> bool:
    """Returns when the server has ended the connection."""
    with suppress(ConnectionError):
        await reader.read()
    return True


@asynccontextmanager
async def served(proxies: int, most: int) -> AsyncIterator[Place]:
    place = Place(0, ConnectionLimits(proxies, most))
    over = asyncio.Event()

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="here")

    async def wait(request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async def form(request: web.Request) -> web.Response:
        return web.Response(text=str((await form_of(request))["name"]))

    @web.middleware
    async def note(request: web.Request, handler: Callable[..., Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        try:
            return await handler(request)
        except (UnreadableRequest, TooManyTries) as error:
            place.refused.append(type(error).__name__)
            return web.Response(status=429)

    app = web.Application(middlewares=[note, limits_middleware])
    app[SETTINGS] = read_settings({"FIRESIDE_PROXIES": str(proxies)})
    app[CLOCK] = lambda: NOW
    app[SECRET] = ServerSecret("of the test")
    app.router.add_get("/page", page)
    app.router.add_get("/wait", wait)
    app.router.add_post("/form", form)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    place.port = listening.getsockname()[1]
    await LimitedSite(runner, listening, place.limits).start()
    yield place
    over.set()
    for writer in place.writers:
        writer.close()
    await runner.cleanup()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    stack = []

    async def start(proxies: int = 0, most: int = 40) -> Place:
        stack.append(served(proxies, most))
        return await stack[-1].__aenter__()

    yield start
    for each in stack:
        await each.__aexit__(None, None, None)


async def test_half_sent_requests_of_one_client_take_no_place_from_others(serve: Serve) -> None:
    place = await serve(most=40)
    readers = [await place.connect(HALF_A_HEADER, "127.0.0.9") for _ in range(200)]
    assert await place.status() == 200
    assert await place.status("127.0.0.9") == 200, "not even from the client that sends them"
    await asyncio.gather(*(gone(reader) for reader in readers[:180]))
    assert place.limits.all.open <= 22


async def test_half_sent_requests_of_many_clients_leave_room_for_the_next(serve: Serve) -> None:
    place = await serve(most=40)
    for number in range(200):
        await place.connect(HALF_A_HEADER, f"127.0.1.{number + 1}")
    assert await place.status() == 200
    assert place.limits.all.open <= 40


async def test_idle_connections_make_room_after_half_sent_ones(serve: Serve) -> None:
    place = await serve(most=40)
    idle = await place.connect(PAGE % b"")
    assert b"200" in await idle.readline()
    half = await place.connect(HALF_A_HEADER)
    for _ in range(19):
        assert await place.status() == 200
    assert await gone(half)
    assert not idle.at_eof()


async def test_a_client_whose_requests_are_all_being_answered_gets_no_more(serve: Serve) -> None:
    place = await serve(most=40)
    for _ in range(20):
        await place.connect((PAGE % b"").replace(b"/page", b"/wait"))
    await until(lambda: not place.limits.all.half_sent, what="requests that are being answered")
    assert await gone(await place.connect(PAGE % b""))
    assert await place.status("127.0.0.2") == 200


async def test_a_place_is_free_again_when_its_connection_ends(serve: Serve) -> None:
    place = await serve(most=40)
    for _ in range(20):
        await place.connect((PAGE % b"").replace(b"/page", b"/wait"))
    for writer in place.writers:
        writer.close()
    await until(lambda: not place.limits.all.open, what="that all are gone")
    assert await place.status() == 200


@pytest.mark.parametrize("sent", [b"", HALF_A_HEADER])
async def test_a_header_must_come_in_time(serve: Serve, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 0.1)
    place = await serve()
    assert await gone(await place.connect(sent))


async def test_a_further_header_on_the_same_connection_too(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await serve()
    reader = await place.connect(PAGE % b"")
    await reader.readuntil(b"here")
    monkeypatch.setattr(connections, "HEADER_S", 0.1)
    place.writers[-1].write(HALF_A_HEADER)
    assert await gone(reader)


async def test_a_body_must_come_in_time(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY_S", 0.1)
    place = await serve()
    assert await gone(await place.connect(HALF_A_FORM % b""))
    assert place.refused == ["SlowRequest"]


async def test_a_body_that_comes_is_read(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await serve()
    reader = await place.connect(HALF_A_FORM % b"")
    await until(lambda: len(place.limits.all.half_sent) == 1, what="half a form")
    place.writers[-1].write(b"fifteen letters")
    assert (await reader.readuntil(b"fifteen letters")).startswith(b"HTTP/1.1 200")
    assert place.refused == []


async def test_behind_a_proxy_its_address_has_no_share_of_its_own(serve: Serve) -> None:
    place = await serve(proxies=1, most=40)
    for _ in range(39):
        await place.connect(HALF_A_HEADER)
    await until(lambda: place.limits.all.open == 39, what="as many as there may be")
    assert await place.status(headers=b"X-Forwarded-For: 198.51.100.1\r\n") == 200


async def test_behind_a_proxy_each_client_has_its_share_of_the_requests(serve: Serve) -> None:
    place = await serve(proxies=1, most=400)
    for _ in range(200):
        await place.connect(HALF_A_FORM % b"X-Forwarded-For: 198.51.100.1\r\n")
    await until(lambda: len(place.limits.all.half_sent) == 200, what="half-sent forms")
    assert await place.status(headers=b"X-Forwarded-For: 198.51.100.1\r\n") == 429
    assert await place.status(headers=b"X-Forwarded-For: 198.51.100.2\r\n") == 200
    assert place.refused == ["TooManyTries"]


@pytest.mark.parametrize(
    ("descriptors", "most"), [(256, 64), (1024, 640), (524_288, 10_000), (resource.RLIM_INFINITY, 10_000)]
)
def test_some_descriptors_are_kept_for_everything_else(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda of: (descriptors, descriptors))
    assert most_connections() == most
