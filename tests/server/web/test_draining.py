"""Ending: what runs is answered, connections learn which response is their last, and nothing is waited for too long."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.web.draining import announce_last, drain, requests_middleware
from server.web.keys import REQUESTS, RunningRequests


@dataclass
class Draining:
    """A server with one page, whose response comes when `go` is set."""

    server: TestServer
    session: aiohttp.ClientSession
    asked: asyncio.Event
    go: asyncio.Event

    async def get(self) -> str | None:
        """What the response says of its connection."""
        async with self.session.get(self.server.make_url("/")) as response:
            return response.headers.get("Connection")

    @property
    def connections(self) -> int:
        assert self.server.runner.server
        return len(self.server.runner.server.connections)

    async def drain(self, linger: float, within: float = 60.0) -> None:
        await drain(self.server.app, lambda: self.connections, linger, within)


@pytest.fixture
async def draining() -> AsyncIterator[Draining]:
    asked, go = asyncio.Event(), asyncio.Event()

    async def page(request: web.Request) -> web.Response:
        asked.set()
        await go.wait()
        return web.Response(text="here")

    app = web.Application(middlewares=[requests_middleware])
    app[REQUESTS] = RunningRequests()
    app.on_response_prepare.append(announce_last)
    app.router.add_get("/", page)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield Draining(server, session, asked, go)
        go.set()


async def test_a_running_request_is_answered_and_its_connection_closed(draining: Draining) -> None:
    asked = asyncio.create_task(draining.get())
    await draining.asked.wait()
    ending = asyncio.create_task(draining.drain(linger=0))
    await asyncio.sleep(0.05)
    assert not ending.done()
    draining.go.set()
    assert await asked == "close"
    await asyncio.wait_for(ending, 60)


async def test_one_more_request_on_an_idle_connection_is_answered(draining: Draining) -> None:
    draining.go.set()
    assert await draining.get() is None
    ending = asyncio.create_task(draining.drain(linger=120))
    await asyncio.sleep(0.05)
    assert not ending.done()
    assert await draining.get() == "close"
    await asyncio.wait_for(ending, 60)


async def test_idle_connections_are_not_waited_for_longer(draining: Draining) -> None:
    draining.go.set()
    await draining.get()
    await asyncio.wait_for(draining.drain(linger=0.1), 10)
    assert draining.connections == 1


async def test_nothing_is_waited_for_for_ever(draining: Draining) -> None:
    asked = asyncio.create_task(draining.get())
    await draining.asked.wait()
    await asyncio.wait_for(draining.drain(linger=0, within=0.1), 10)
    assert draining.server.app[REQUESTS].running == 1
    draining.go.set()
    await asked
