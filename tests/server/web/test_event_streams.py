"""Streams of server-sent events, on a small server of their own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from server.web import event_streams
from server.web.event_streams import STREAMS_EACH, EventStream, EventStreams
from tests.cast import until
from tests.server.events import Events

LONG = timedelta(hours=1)


class Server:
    """Serves as the product does: what a handler does is not cancelled when its browser goes."""

    def __init__(self, handler: Handler) -> None:
        app = web.Application()
        app.router.add_get("/", handler)
        self.app = app
        self.runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> "Server":
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/"
        self.session = aiohttp.ClientSession()
        self.responses: list[aiohttp.ClientResponse] = []
        return self

    async def __aexit__(self, *error: object) -> None:
        for response in self.responses:
            response.close()
        await self.session.close()
        await self.runner.cleanup()

    async def opened(self, visit: int = 1) -> Events:
        self.responses.append(await self.session.get(self.url, params={"visit": visit}))
        return Events(self.responses[-1])


class Streaming:
    """Pushes `said` to everybody who opens it."""

    def __init__(self) -> None:
        self.streams = EventStreams()
        self.said = ["at first"]
        self.open_ones: list[EventStream] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        async with self.streams.open(request, int(request.query["visit"])) as stream:
            self.open_ones.append(stream)
            while stream.open:
                await stream.tell("word", self.said[-1])
                await stream.wait(LONG)
            self.open_ones.remove(stream)
        return stream.response


@pytest.fixture
async def served() -> AsyncIterator[tuple[Streaming, Server]]:
    streaming = Streaming()

    async def close(app: web.Application) -> None:
        streaming.streams.close()

    server = Server(streaming.serve)
    server.app.on_shutdown.append(close)
    async with server:
        yield streaming, server


async def test_an_event_is_sent_when_it_differs_line_by_line(served):
    streaming, server = served
    events = await server.opened()
    assert await events.next("word") == "at first"
    [stream] = streaming.open_ones
    stream.wake()
    streaming.said.append("two\nlines")
    stream.wake()
    assert await events.next("word") == "two\nlines"


async def test_only_the_newest_of_a_visit_go_on(served):
    _, server = served
    streams = [await server.opened() for _ in range(STREAMS_EACH)]
    others = await server.opened(visit=2)
    for each in streams:
        assert await each.next("word") == "at first"
    await server.opened()
    # The oldest is told not to come back.
    assert await streams[0].next("over") == ""
    assert await others.next("word") == "at first"


async def test_they_end_at_once_when_the_server_stops(served):
    streaming, server = served
    events = await server.opened()
    assert await events.next("word") == "at first"
    async with asyncio.timeout(30):
        await server.runner.cleanup()
    # Not told to stay away: the browser comes back to the next server.
    assert await events.next("over") is None
    assert streaming.open_ones == []


async def test_one_that_nobody_reads_any_more_is_noticed(served, monkeypatch):
    monkeypatch.setattr(event_streams, "KEEP_ALIVE_S", 0.05)
    streaming, server = served
    events = await server.opened()
    assert await events.next("word") == "at first"
    events.response.close()
    await until(lambda: not streaming.open_ones)


async def test_a_proxy_is_asked_not_to_hold_it_back(served):
    _, server = served
    events = await server.opened()
    assert events.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert events.response.headers["X-Accel-Buffering"] == "no"
    assert (await events.response.content.readline()).startswith(b"retry: ")


async def test_a_stream_that_fails_is_logged_and_ends(caplog):
    streams = EventStreams()

    async def fail(request: web.Request) -> web.StreamResponse:
        async with streams.open(request, 1) as stream:
            raise ZeroDivisionError
        return stream.response

    async with Server(fail) as server:
        assert await (await server.opened()).next("word") is None
    assert "a stream of events failed" in caplog.text
