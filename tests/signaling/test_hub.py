"""The hub with a real relay process, through real WebSockets."""

import asyncio
from pathlib import Path

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from signaling import messages
from signaling.hub import Came, Hub, News, Present, RelaySettings, Went
from tests.signaling.callers import Caller, Site, drop, lives, make_offer, until
from tests.signaling.small_web import HUB, make_app


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


async def test_stopping_ends_stays_and_relay(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    pid = site.pid
    await site.hub.stop()
    assert site.news("Went") == [("ann", "over")]
    assert not lives(pid)
    assert await ann.close_code() == messages.RELAY_LOST


async def test_news_is_told_again_until_it_is_taken(tmp_path: Path) -> None:
    tried: list[News] = []

    async def take(news: News) -> None:
        tried.append(news)
        if len(tried) < 3:
            raise OSError("the disk is full")

    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", 0), take)
    await hub.start()
    await until(lambda: len(tried), lambda number: number >= 3)
    assert tried[0] == tried[1] == tried[2]
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
