"""Loops through real relay processes, entered over a real WebSocket."""

import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from signaling.hub.hub import Hub, RelaySettings, browser_socket
from signaling.news import News
from signaling.probe import loop
from signaling.probe.loop import Endpoint, EntryRefused, measure, measure_candidate
from signaling.relay.sdp.answer import Candidate
from signaling.seat import Seat

RELAYS = 2


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async def forget(news: News) -> None:
        pass

    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", 0, relays=RELAYS), forget)
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
async def endpoint(hub: Hub) -> AsyncIterator[Endpoint]:
    async def enter(request: web.Request) -> web.WebSocketResponse:
        relay = int(request.query["relay"])
        if relay >= RELAYS:
            raise web.HTTPNotFound
        opened = browser_socket()
        await opened.prepare(request)
        end = request.query["end"]
        await hub.serve(opened, Seat(f"check-{request.query['loop']}", end, end), relay)
        return opened

    app = web.Application()
    app.add_routes([web.get("/loop", enter)])
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield Endpoint(session, str(server.make_url("/loop")), str(server.make_url("/")).rstrip("/"))


async def test_every_way_of_every_relay_is_measured(hub: Hub, endpoint: Endpoint) -> None:
    began = time.monotonic()
    measured = await measure(endpoint)
    relays = hub.health()["relays"]
    assert isinstance(relays, list)
    ports = [relay["port"] for relay in relays]
    assert [each.candidate for each in measured] == [
        Candidate(transport, "127.0.0.1", port) for port in ports for transport in ("udp", "tcp")
    ]
    assert [(each.sent, each.received) for each in measured] == [(20, 20)] * 4
    print(f"{len(measured)} loops of 20 packets in {time.monotonic() - began:.1f} s: {measured}")


async def test_a_way_that_does_not_answer_is_measured_as_nothing(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOOP_SECONDS", 1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as swallowing:
        swallowing.bind(("127.0.0.1", 0))
        for transport in ("udp", "tcp"):
            candidate = Candidate(transport, *swallowing.getsockname())
            measured = await measure_candidate(endpoint, 0, candidate)
            assert (measured.candidate, measured.sent, measured.received, measured.milliseconds) == (
                candidate,
                0,
                0,
                None,
            )


async def test_who_is_not_let_in_is_told(endpoint: Endpoint) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await measure(Endpoint(endpoint.session, endpoint.address.replace("/loop", "/elsewhere"), endpoint.origin))


async def test_a_relay_that_takes_no_such_offer_says_why(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.ProbePeer, "start", lambda peer, answer: None)
    monkeypatch.setattr("signaling.probe.peer.write_offer", lambda *_: "v=0\r\n")
    with pytest.raises(EntryRefused, match="media lines"):
        await measure(endpoint)
