"""Browsers that only talk, and waiting for what must come."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestServer
from aiortc import RTCConfiguration, RTCPeerConnection

from signaling.hub.hub import Hub
from tests.signaling.small_web import HUB

T = TypeVar("T")
WITHIN = 20.0


async def until(read: Callable[[], T], wanted: Callable[[T], bool] = bool, within: float = WITHIN) -> T:
    """Wait until what `read` returns is wanted, and return it."""
    end = time.monotonic() + within
    while not wanted(value := read()):
        assert time.monotonic() < end, f"still {value!r} after {within} s"
        await asyncio.sleep(0.01)
    return value


def news_in(directory: Path, *kinds: str) -> list[dict[str, Any]]:
    """The news of these kinds that the small web process kept."""
    file = directory / "news"
    if not file.exists():
        return []
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    return [news for news in kept if news["news"] in kinds]


def lives(pid: int) -> bool:
    """Whether this process runs; one that ended and was not yet taken note of does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def make_offer(slots: int = 1) -> str:
    """An offer in the layout of docs/protocol.md for so many others."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for direction in ("sendonly", *("recvonly",) * slots):
        for kind in ("audio", "video", "video"):
            connection.addTransceiver(kind, direction=direction)
    offer = await connection.createOffer()
    await connection.close()
    return offer.sdp


class Caller:
    """One WebSocket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, type: str, **fields: object) -> None:
        await self.socket.send_str(json.dumps({"type": type, **fields}))

    async def hear(self, wanted: str) -> dict[str, Any]:
        """The next message of this type; others before it are skipped."""
        async with asyncio.timeout(WITHIN):
            while True:
                frame = await self.socket.receive()
                assert frame.type is WSMsgType.TEXT, f"{frame} instead of {wanted}"
                if (message := json.loads(frame.data))["type"] == wanted:
                    return message

    async def close_code(self) -> int | None:
        """Read until the socket is closed."""
        async with asyncio.timeout(WITHIN):
            async for _ in self.socket:
                pass
        return self.socket.close_code

    async def enter(self) -> str:
        """Say hello and enter; returns the peer."""
        await self.say("hello", version=1)
        await self.hear("hello")
        await self.say("enter", offer=await make_offer(), microphone=True, camera=True)
        return str((await self.hear("entered"))["peer"])


def pid_of(hub: Hub) -> int:
    relays = hub.health()["relays"]
    assert isinstance(relays, list)
    return int(relays[0]["pid"])


@dataclass
class Site:
    """A running web process in this one, with its relay process."""

    directory: Path
    server: TestServer
    session: ClientSession

    @property
    def hub(self) -> Hub:
        return self.server.app[HUB]

    @property
    def pid(self) -> int:
        return pid_of(self.hub)

    async def call(self, person: str, call: str = "7") -> Caller:
        return Caller(await self.session.ws_connect(self.server.make_url(f"/calls/{call}/socket?person={person}")))

    def relays(self) -> list[dict[str, Any]]:
        """What the hub's health says of each relay process."""
        found = self.hub.health()["relays"]
        assert isinstance(found, list)
        return found

    def news(self, *kinds: str) -> list[tuple[str, str]]:
        return [(news["person"], news.get("why", "")) for news in news_in(self.directory, *kinds)]


async def drop(hub: Hub) -> None:
    """End a hub as kill -9 would: its sockets close, and it says nothing."""
    tasks = [*(task for _, task in hub._pool._running), *hub._tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
