"""The hub with a real relay process, through real WebSockets."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType
from aiohttp.test_utils import TestServer

from signaling import messages
from signaling.hub import Came, Hub, News, Present, RelayNotStarted, RelaySettings, Went
from signaling.sockets.udp import UdpPort
from tests.signaling.callers import Caller, lives, make_offer, news_in, until
from tests.signaling.small_web import HUB, make_app


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

    async def call(self, person: str) -> Caller:
        return Caller(await self.session.ws_connect(self.server.make_url(f"/calls/7/socket?person={person}")))

    def news(self, *kinds: str) -> list[tuple[str, str]]:
        return [(news["person"], news.get("why", "")) for news in news_in(self.directory, *kinds)]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with TestServer(make_app(tmp_path)) as server, ClientSession() as session:
        yield Site(tmp_path, server, session)


async def test_two_people_enter_and_leave(site: Site) -> None:
    ann, bob = await site.call("ann"), await site.call("bob")
    await ann.say("hello", version=1)
    assert await ann.hear("hello") == {
        "type": "hello",
        "version": 1,
        "person": "ann",
        "name": "Ann",
        "slots": 1,
        "may_speak": True,
        "may_show": True,
        "ice_servers": [],
    }
    await ann.say("enter", offer=await make_offer(), microphone=True, camera=False)
    entered = await ann.hear("entered")
    assert "a=ice-lite" in entered["answer"]
    assert "a=candidate" in entered["answer"]
    await bob.enter()
    assert [person["person"] for person in (await bob.hear("roster"))["people"]] == ["ann"]
    await ann.say("leave")
    assert await ann.hear("ended") == {"type": "ended", "why": "left"}
    assert await ann.close_code() == messages.ENDED
    await until(lambda: site.news("Came", "Went"), lambda news: len(news) == 3)
    assert site.news("Came", "Went") == [("ann", ""), ("bob", ""), ("ann", "left")]


async def test_removal_is_at_once(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    await site.hub.remove("7", "ann")
    assert await asyncio.wait_for(ann.hear("ended"), 1) == {"type": "ended", "why": "removed"}
    assert await ann.close_code() == messages.ENDED
    await until(lambda: site.news("Went"), lambda news: news == [("ann", "removed")])


async def test_removal_also_ends_a_socket_that_said_nothing_yet(site: Site) -> None:
    ann = await site.call("ann")
    await ann.say("ping", n=1)
    await ann.hear("pong")
    await site.hub.remove("7", "ann")
    assert await ann.close_code() == messages.ENDED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "malformed"),
        ('{"type":"shout"}', "unknown_type"),
        ('{"type":"hello","version":9}', "wrong_version"),
        ('{"type":"state","microphone":true,"camera":true,"screen":1}', "malformed"),
        ('{"type":"resume","peer":"0"}', "unknown_peer"),
        ('{"type":"enter","offer":"v=0","microphone":true,"camera":true}', "bad_offer"),
        ("x" * (messages.MAX_BYTES + 1), "too_large"),
    ],
)
async def test_a_wrong_message_has_a_clear_error_and_changes_nothing(site: Site, text: str, code: str) -> None:
    ann, bob = await site.call("ann"), await site.call("bob")
    await ann.say("hello", version=1)
    await ann.hear("roster")
    await bob.enter()
    await ann.hear("roster")
    await ann.hear("roster")
    await bob.socket.send_str(text)
    error = await bob.hear("error")
    assert error["code"] == code
    assert error["text"].endswith(".")
    await bob.say("state", microphone=False, camera=True, screen=False)
    people = (await ann.hear("roster"))["people"]
    assert [(each["here"], each["microphone"], each["camera"]) for each in people] == [("in", False, True)]


async def test_twenty_malformed_messages_close_the_socket(site: Site) -> None:
    ann = await site.call("ann")
    for _ in range(20):
        await ann.socket.send_bytes(b"x")
    assert await ann.close_code() == messages.TOO_MANY_MALFORMED


async def test_too_many_messages_close_the_socket_and_hurt_nobody_else(site: Site) -> None:
    ann, bob = await site.call("ann"), await site.call("bob")
    await bob.enter()
    for number in range(150):
        await ann.say("ping", n=number)
    for number in range(5):
        await bob.say("ping", n=number)
        assert await bob.hear("pong") == {"type": "pong", "n": number}
    assert await ann.close_code() == messages.TOO_MANY


async def test_a_frame_far_too_large_closes_the_socket(site: Site) -> None:
    ann = await site.call("ann")
    await ann.socket.send_str("x" * 2_000_000)
    assert await ann.close_code() == 1009


async def test_a_killed_relay_is_replaced_and_browsers_are_told(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    await until(lambda: site.news("Came"))
    killed = site.pid
    os.kill(killed, signal.SIGKILL)
    assert await ann.close_code() == messages.RELAY_LOST
    again = await site.call("ann")
    await again.enter()
    assert site.pid != killed
    await until(lambda: site.news("Came", "Went"), lambda news: len(news) == 3)
    assert site.news("Came", "Went") == [("ann", ""), ("ann", "relay lost"), ("ann", "")]
    first, second = (news["stay"] for news in news_in(site.directory, "Came"))
    assert first != second
    assert site.hub.health()["ready"] is True


async def test_stopping_ends_stays_and_relay(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    pid = site.pid
    await site.hub.stop()
    assert site.news("Went") == [("ann", "over")]
    assert not lives(pid)
    assert await ann.close_code() == messages.RELAY_LOST


async def test_news_is_told_again_until_it_is_taken(tmp_path: Path) -> None:
    taken: list[News] = []
    failures = 2

    async def take(news: News) -> None:
        nonlocal failures
        if isinstance(news, Present) and not news.stays and failures:
            failures -= 1
            raise OSError("the disk is full")
        taken.append(news)

    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await hub.start()
    await until(lambda: taken)
    assert failures == 0
    await hub.stop()


async def test_the_next_hub_adopts_the_relay_and_hears_its_news(tmp_path: Path) -> None:
    taken: list[News] = []

    async def never(news: News) -> None:
        if isinstance(news, Came | Went):
            await asyncio.Event().wait()

    async def take(news: News) -> None:
        taken.append(news)

    settings = RelaySettings(tmp_path / "run", "", 0)
    app = make_app(tmp_path)
    app.on_startup.clear()
    app.on_shutdown.clear()
    first = app[HUB] = Hub(settings, never)
    await first.start()
    async with TestServer(app) as server, ClientSession() as session:
        ann = Caller(await session.ws_connect(server.make_url("/calls/7/socket?person=ann")))
        peer = await ann.enter()
        before = first.health()["relays"]
        await drop(first)
        assert await ann.close_code() == messages.RELAY_LOST
    app = make_app(tmp_path)
    app.on_startup.clear()
    app.on_shutdown.clear()
    second = app[HUB] = Hub(settings, take)
    await second.start()
    assert second.health()["relays"] == before
    async with TestServer(app) as server, ClientSession() as session:
        ann = Caller(await session.ws_connect(server.make_url("/calls/7/socket?person=ann")))
        await ann.say("hello", version=1)
        await ann.say("resume", peer=peer)
        assert await ann.hear("resumed") == {"type": "resumed", "peer": peer}
        await until(lambda: len(taken), lambda number: number >= 2)
        assert isinstance(taken[0], Came)
        assert isinstance(taken[1], Present)
        assert taken[1].stays == (taken[0].stay,)
        await second.stop()
        assert isinstance(taken[-1], Went)
        assert taken[-1].stay == taken[0].stay


async def drop(hub: Hub) -> None:
    """End a hub as kill -9 would: its sockets close, and it says nothing."""
    tasks = [*(task for _, task in hub._running), *hub._rest]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_relay_with_other_settings_is_replaced(tmp_path: Path) -> None:
    async def take(news: News) -> None:
        pass

    first = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await first.start()
    await drop(first)
    second = Hub(RelaySettings(tmp_path, "127.0.0.1", 0, ("203.0.113.5",)), take)
    await second.start()
    await until(lambda: pid_of(second), lambda pid: pid != pid_of(first))
    await until(lambda: lives(pid_of(first)), lambda alive: not alive)
    await until(second.health, lambda health: health["ready"] is True)
    await second.stop()


async def test_a_relay_that_cannot_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(news: News) -> None:
        pass

    monkeypatch.setattr("signaling.hub.START_WITHIN", 1.0)
    taken = UdpPort("127.0.0.1", 0)
    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", taken.port), take)
    with pytest.raises(RelayNotStarted):
        await hub.start()
    taken.close()
    assert not await hub._lines[0]._supervisor.dial()


async def test_a_relay_that_hangs_is_replaced(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = await site.call("ann")
    await ann.enter()
    monkeypatch.setattr("signaling.line.SILENT_FOR", 1.5)
    # The next pulse begins a wait with the shorter limit.
    await asyncio.wait_for(ann.socket.receive(), 5)
    hung = site.pid
    os.kill(hung, signal.SIGSTOP)
    assert await ann.close_code() == messages.RELAY_LOST
    await until(lambda: site.pid, lambda pid: pid != hung)
    await until(lambda: site.news("Went"), lambda news: news == [("ann", "relay lost")])


async def test_one_person_has_few_sockets(site: Site) -> None:
    first = await site.call("ann")
    others = [await site.call("ann") for _ in range(8)]
    assert await first.close_code() == messages.TOO_MANY
    await others[-1].enter()


async def test_open_sockets_do_not_delay_the_end(tmp_path: Path) -> None:
    async with TestServer(make_app(tmp_path)) as server, ClientSession() as session:
        ann = Caller(await session.ws_connect(server.make_url("/calls/7/socket?person=ann")))
        await ann.enter()
        closing = asyncio.create_task(ann.close_code())
        await asyncio.wait_for(server.close(), 5)
        assert await closing == messages.RELAY_LOST


def pid_of(hub: Hub) -> int:
    relays = hub.health()["relays"]
    assert isinstance(relays, list)
    return int(relays[0]["pid"])


async def test_binary_frames_are_malformed(site: Site) -> None:
    ann = await site.call("ann")
    await ann.socket.send_bytes(b'{"type":"leave"}')
    frame = await ann.socket.receive()
    assert frame.type is WSMsgType.TEXT
    assert '"code":"malformed"' in frame.data
