"""The hub with a real relay process, through real WebSockets."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from signaling.hub.errors import RelayNotStarted
from signaling.hub.hub import Hub, RelaySettings
from signaling.hub.open_sockets import SOCKETS_EACH
from signaling.hub.process import ChildProcess
from signaling.news import Joined, Left, News, Present
from signaling.protocol import messages
from signaling.sockets.ports import Ports
from signaling.sockets.udp import UdpPort
from tests.cast import free_port
from tests.signaling.callers import Caller, Site, drop, lives, make_offer, news_in, until
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
    await until(lambda: site.news("Joined", "Left"), lambda news: len(news) == 3)
    assert site.news("Joined", "Left") == [("ann", ""), ("bob", ""), ("ann", "left")]


async def test_removal_is_at_once(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    await site.hub.remove("7", "ann")
    assert await asyncio.wait_for(ann.hear("ended"), 1) == {"type": "ended", "why": "removed"}
    assert await ann.close_code() == messages.ENDED
    await until(lambda: site.news("Left"), lambda news: news == [("ann", "removed")])


async def test_a_call_whose_time_is_over_says_so(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    await site.hub.remove("7", "ann", "over")
    assert await ann.hear("ended") == {"type": "ended", "why": "over"}
    await until(lambda: site.news("Left"), lambda news: news == [("ann", "over")])


async def test_removal_also_ends_a_socket_that_said_nothing_yet(site: Site) -> None:
    ann = await site.call("ann")
    await ann.say("ping", n=1)
    await ann.hear("pong")
    await site.hub.remove("7", "ann")
    assert await ann.close_code() == messages.ENDED


async def test_stopping_ends_attendances_and_relay(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    pid = site.pid
    closing = asyncio.create_task(ann.close_code())
    await site.hub.stop()
    assert site.news("Left") == [("ann", "over")]
    assert not lives(pid)
    assert await closing == messages.RELAY_LOST


async def test_the_next_hub_adopts_the_relay_and_hears_its_news(tmp_path: Path) -> None:
    taken: list[News] = []

    async def never(news: News) -> None:
        if isinstance(news, Joined | Left):
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
        assert isinstance(taken[0], Joined)
        assert isinstance(taken[1], Present)
        assert taken[1].attendances == (taken[0].attendance,)
        await second.stop()
        assert isinstance(taken[-1], Left)
        assert taken[-1].attendance == taken[0].attendance


@pytest.fixture
async def two_relays(tmp_path: Path) -> AsyncIterator[Site]:
    async with TestServer(make_app(tmp_path, relays=2)) as server, ClientSession() as session:
        yield Site(tmp_path, server, session)


def peers(site: Site) -> list[int]:
    return [relay["peers"] for relay in site.relays()]


async def test_calls_are_spread_and_those_of_a_lost_relay_go_to_the_other_at_once(two_relays: Site) -> None:
    site = two_relays
    ann, bob, cid = await site.call("ann", "1"), await site.call("bob", "2"), await site.call("cid", "1")
    for each in (ann, bob, cid):
        await each.enter()
    await until(lambda: peers(site), lambda found: found == [2, 1])
    first, second = (relay["pid"] for relay in site.relays())
    os.kill(first, signal.SIGKILL)
    assert await ann.close_code() == messages.RELAY_LOST
    began = time.monotonic()
    again = await site.call("ann", "1")
    await again.enter()
    took = time.monotonic() - began
    print(f"entered on the other relay process {took:.3f} s after the loss")
    # The call was placed again before another process was started for the killed one.
    await until(lambda: peers(site), lambda found: found == [0, 2])
    assert site.relays()[1]["pid"] == second
    await until(lambda: site.news("Left"), lambda news: ("ann", "relay lost") in news)
    assert ("bob", "relay lost") not in site.news("Left")


async def test_a_relay_that_drains_goes_on_with_its_calls_and_gets_no_new_ones(two_relays: Site) -> None:
    site = two_relays
    ann = await site.call("ann", "1")
    peer = await ann.enter()
    draining, other = (relay["pid"] for relay in site.relays())
    os.kill(draining, signal.SIGTERM)
    await until(lambda: [relay["draining"] for relay in site.relays()], lambda found: found == [True, False])
    for call in ("2", "3"):
        await (await site.call("bob", call)).enter()
    await until(lambda: peers(site), lambda found: found == [1, 2])
    await (await site.call("cid", "1")).enter()
    await until(lambda: peers(site), lambda found: found == [2, 2])
    again = await site.call("ann", "1")
    await again.say("hello", version=1)
    await again.say("resume", peer=peer)
    await again.hear("resumed")
    assert site.news("Left") == []
    for person in ("ann", "cid"):
        await site.hub.remove("1", person)
    await until(lambda: lives(draining), lambda alive: not alive)
    await until(lambda: site.relays()[0], lambda relay: relay["ready"] and not relay["draining"])
    assert site.relays()[1]["pid"] == other
    assert site.relays()[0]["pid"] != draining
    assert site.news("Left") == [("ann", "removed"), ("cid", "removed")]


async def test_a_hub_that_leaves_lets_calls_go_on_and_idle_relays_end(two_relays: Site) -> None:
    site = two_relays
    ann = await site.call("ann", "1")
    await ann.enter()
    busy, idle = (relay["pid"] for relay in site.relays())
    site.hub.calls_go_on = True
    await site.hub.stop()
    assert await ann.close_code() == messages.RELAY_LOST
    await until(lambda: lives(idle), lambda alive: not alive)
    assert lives(busy)
    assert site.news("Left") == []
    os.kill(busy, signal.SIGKILL)


async def test_a_relay_that_cannot_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(news: News) -> None:
        pass

    monkeypatch.setattr("signaling.hub.relay_pool.START_WITHIN", 1.0)
    taken = UdpPort("127.0.0.1", 0)
    hub = Hub(RelaySettings(tmp_path, "127.0.0.1", taken.port), take)
    with pytest.raises(RelayNotStarted):
        await hub.start()
    taken.close()
    assert not await hub._pool.connections[0]._supervisor.dial()


async def test_one_person_has_few_sockets(site: Site) -> None:
    first = await site.call("ann")
    others = [await site.call("ann") for _ in range(8)]
    assert await first.close_code() == messages.TOO_MANY
    await others[-1].enter()


async def test_sockets_that_do_not_close_are_not_served_and_are_cut_off(site: Site) -> None:
    """A client that answers no closing: only the newest eight are served, and soon only they are open."""
    opened = [await site.call("ann") for _ in range(40)]
    mine = list(site.hub._sockets._by_name.values())
    assert sum(each.relay is not None for each in mine) <= SOCKETS_EACH
    await until(lambda: len(site.hub._sockets._by_name), lambda number: number == SOCKETS_EACH)
    await opened[-1].enter()


async def test_sockets_that_wait_for_a_relay_count_too(site: Site) -> None:
    site.hub._pool.connections[0].ready.clear()
    opened = [await site.call("ann") for _ in range(12)]
    for waiting in opened[:4]:
        assert await waiting.close_code() == messages.TOO_MANY
    site.hub._pool.connections[0].ready.set()
    site.hub._finder.notify()
    await opened[-1].enter()


async def test_withdrawals_are_found_while_one_relay_cannot_start(
    two_relays: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Present, on which people are taken out of calls that were called off, still comes."""
    site = two_relays
    monkeypatch.setattr("signaling.hub.reporting.PRESENT_EVERY", 0.1)
    ann = await site.call("ann", "1")
    await ann.enter()
    in_use, broken = site.relays()
    supervisor = site.hub._pool.connections[1]._supervisor

    def spawn_broken() -> ChildProcess:
        supervisor._answered = False
        return ChildProcess(subprocess.Popen(["false"]))

    monkeypatch.setattr(supervisor, "_spawn", spawn_broken)
    os.kill(broken["pid"], signal.SIGKILL)
    await until(supervisor.hopeless.is_set)
    before = len(news_in(site.directory, "Present"))
    present = await until(lambda: news_in(site.directory, "Present")[before + 2 :])
    [joined] = news_in(site.directory, "Joined")
    assert present[-1]["attendances"] == [joined["attendance"]]
    assert (site.relays()[0]["pid"], site.hub.health()["ready"]) == (in_use["pid"], False)


async def test_a_start_that_fails_leaves_the_relays_and_calls_of_others(tmp_path: Path) -> None:
    """The second relay process cannot have its port; the first runs already, with somebody in a call."""
    port = free_port(following=1)
    app = make_app(tmp_path)
    app.on_startup.clear()
    app.on_shutdown.clear()
    first = app[HUB] = Hub(RelaySettings(tmp_path / "run", "127.0.0.1", port), ignore)
    await first.start()
    async with TestServer(app) as server, ClientSession() as session:
        ann = Caller(await session.ws_connect(server.make_url("/calls/7/socket?person=ann")))
        await ann.enter()
        before = first.health()["relays"]
        await drop(first)
        await ann.close_code()
    with socket.create_server(("127.0.0.1", port + 1)):
        second = Hub(RelaySettings(tmp_path / "run", "127.0.0.1", port, relays=2), ignore)
        with pytest.raises(RelayNotStarted):
            await second.start()
    third = Hub(RelaySettings(tmp_path / "run", "127.0.0.1", port), ignore)
    await third.start()
    assert third.health()["relays"] == before
    assert len(third._attendances) == 1
    await third.stop()


async def test_a_start_with_a_port_that_is_taken_leaves_the_relay_of_the_other_port(tmp_path: Path) -> None:
    first = Hub(RelaySettings(tmp_path / "run", "127.0.0.1", 0), ignore)
    await first.start()
    before = first.health()["relays"]
    await drop(first)
    taken = Ports("127.0.0.1", 0)
    with pytest.raises(RelayNotStarted):
        await Hub(RelaySettings(tmp_path / "run", "127.0.0.1", taken.port), ignore).start()
    taken.close()
    again = Hub(RelaySettings(tmp_path / "run", "127.0.0.1", 0), ignore)
    await again.start()
    assert again.health()["relays"] == before
    await again.stop()


def has_ended(pid: int) -> bool:
    """Whether this process runs no more, whoever has to wait for it (proc_pid_stat(5))."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rpartition(")")[2].split()[0] in ("Z", "X")


async def test_a_hub_that_yields_leaves_its_relay_alone_until_it_takes_it_back(site: Site) -> None:
    ann = await site.call("ann")
    peer = await ann.enter()
    connection, killed = site.hub._pool.connections[0], site.pid
    site.hub.yield_relays()
    await site.hub.remove("7", "bob")
    site.hub.take_relays_back()
    assert await ann.close_code() == messages.RELAY_LOST
    ann = await site.call("ann")
    await ann.say("hello", version=1)
    await ann.say("resume", peer=peer)
    assert await ann.hear("resumed") == {"type": "resumed", "peer": peer}
    site.hub.yield_relays()
    reported = len(news_in(site.directory, "Present"))
    os.kill(killed, signal.SIGKILL)
    # Until then its socket takes connections.
    await until(lambda: has_ended(killed))
    await until(lambda: not connection.up)
    await ann.close_code()
    assert (await connection._supervisor.dial(), site.news("Left")) == (None, [])
    assert len(news_in(site.directory, "Present")) == reported
    site.hub.take_relays_back()
    await until(lambda: connection.up and site.pid != killed)
    await until(lambda: site.news("Left"), lambda news: news == [("ann", "relay lost")])


async def test_a_hub_that_closes_its_sockets_opens_no_other_and_still_removes_people(site: Site) -> None:
    ann = await site.call("ann")
    await ann.enter()
    closing = asyncio.create_task(ann.close_code())
    site.hub.close_sockets()
    assert await closing == messages.RELAY_LOST
    assert await (await site.call("ann")).close_code() == messages.RELAY_LOST
    await site.hub.remove("7", "ann")
    await until(lambda: site.news("Left"), lambda news: news == [("ann", "removed")])


async def ignore(news: News) -> None:
    pass


async def test_open_sockets_do_not_delay_the_end(tmp_path: Path) -> None:
    async with TestServer(make_app(tmp_path)) as server, ClientSession() as session:
        ann = Caller(await session.ws_connect(server.make_url("/calls/7/socket?person=ann")))
        await ann.enter()
        closing = asyncio.create_task(ann.close_code())
        await asyncio.wait_for(server.close(), 30)
        assert await closing == messages.RELAY_LOST
