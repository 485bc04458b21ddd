"""A hub without relay processes of its own serves browsers in those of another machine, through its door."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import CallPlace, DirectoryAway, RelayAddress, Several
from signaling.hub.door import RelayDoor
from signaling.hub.hub import Hub, RelaySettings
from signaling.news import News, Present
from signaling.protocol import messages
from tests.signaling.callers import Caller, Site, news_in, until
from tests.signaling.small_web import HUB, make_app


@dataclass
class Told:
    """A directory that says what it was told."""

    relay: str | None = None
    away: bool = False

    async def place(self, call: str) -> str | None:
        if self.away:
            raise DirectoryAway
        return self.relay


@dataclass
class Pages:
    """The machine without relay processes."""

    hub: Hub
    server: TestServer
    session: ClientSession
    directory: Told
    news: list[News]

    async def call(self, person: str) -> Caller:
        return Caller(await self.session.ws_connect(self.server.make_url(f"/calls/7/socket?person={person}")))


@dataclass
class Machines:
    """Two machines: `relays` with a relay process and its door, and `pages`."""

    relays: Site
    door: RelayDoor
    address: RelayAddress
    pages: Pages


@pytest.fixture
async def machines(site: Site, tmp_path: Path) -> AsyncIterator[Machines]:
    own, other = (MachineIdentity(tmp_path / f"{name}.pem") for name in ("own", "other"))
    door = RelayDoor(own, site.hub.control_path)
    await door.open("127.0.0.1", 0)
    door.admit([other.certificate])
    assert door._server is not None
    [relay] = site.hub.own_relays()
    port = door._server.sockets[0].getsockname()[1]
    address = RelayAddress(relay.relay, "relays", 0, relay.protocol, "127.0.0.1", port, own.certificate)
    directory, news = Told(relay.relay), []

    async def note(each: News) -> None:
        news.append(each)

    app = make_app(tmp_path / "pages")
    hub = app[HUB] = Hub(RelaySettings(tmp_path / "none", "", 0, relays=0), note, several=Several(other, directory))
    async with TestServer(app) as server, ClientSession() as session:
        await hub.follow([address])
        await until(lambda: hub.health()["ready"])
        yield Machines(site, door, address, Pages(hub, server, session, directory, news))
    door.close()


async def test_two_people_of_two_machines_meet(machines: Machines) -> None:
    """Only the relay process's own machine reports who was there."""
    ann, bob = await machines.relays.call("ann"), await machines.pages.call("bob")
    await ann.enter()
    await bob.enter()
    assert [person["person"] for person in (await bob.hear("roster"))["people"]] == ["ann"]
    await until(lambda: len(machines.relays.hub.attendances), lambda number: number == 2)
    assert len(machines.pages.hub.attendances) == 2
    assert machines.pages.hub.counts().people == 0
    await machines.pages.hub.remove("7", "ann")
    assert await ann.hear("ended") == {"type": "ended", "why": "removed"}
    await bob.say("leave")
    await bob.hear("ended")
    wanted = [("ann", ""), ("ann", "removed"), ("bob", ""), ("bob", "left")]
    await until(lambda: sorted(machines.relays.news("Joined", "Left")), lambda news: news == wanted)
    assert [each for each in machines.pages.news if not isinstance(each, Present)] == []


async def test_a_connection_that_was_cut_is_made_again_and_the_call_goes_on(machines: Machines) -> None:
    bob = await machines.pages.call("bob")
    peer = await bob.enter()
    for writer in machines.door._serving:
        writer.transport.abort()
    assert await bob.close_code() == messages.RELAY_LOST
    bob = await machines.pages.call("bob")
    await bob.say("hello", version=1)
    await bob.say("resume", peer=peer)
    assert await bob.hear("resumed") == {"type": "resumed", "peer": peer}


async def test_a_call_that_runs_goes_on_where_it_is_while_the_directory_is_away(machines: Machines) -> None:
    ann = await machines.relays.call("ann")
    await ann.enter()
    await until(lambda: len(machines.pages.hub.attendances))
    machines.pages.directory.away = True
    bob = await machines.pages.call("bob")
    await bob.enter()


async def test_one_that_is_lost_is_no_longer_served_from(machines: Machines) -> None:
    bob = await machines.pages.call("bob")
    await bob.enter()
    await machines.pages.hub.follow([])
    assert await bob.close_code() == messages.RELAY_LOST
    assert (machines.pages.hub.relays, machines.pages.hub.health()["ready"]) == (0, False)
    assert machines.pages.hub.attendances == ()


async def test_who_is_in_the_wrong_relay_process_comes_back(machines: Machines) -> None:
    bob = await machines.pages.call("bob")
    await bob.enter()
    here, elsewhere = (CallPlace(relay, 0.0, settled=True) for relay in (machines.address.relay, "another"))
    machines.pages.hub.note_placed({"7": here, "8": elsewhere})
    await bob.say("ping", n=1)
    await bob.hear("pong")
    machines.pages.hub.note_placed({"7": elsewhere})
    assert await bob.close_code() == messages.RELAY_LOST


async def test_a_call_that_was_moved_ends_where_it_was(machines: Machines) -> None:
    """At once, and at the time when it was moved: nobody is in two relay processes."""
    ann, bob = await machines.relays.call("ann"), await machines.pages.call("bob")
    await ann.enter()
    await bob.enter()
    await until(lambda: len(machines.relays.hub.attendances), lambda number: number == 2)
    at = time.time()
    for hub in (machines.relays.hub, machines.pages.hub):
        hub.note_placed({"7": CallPlace("another", at, settled=False)})
    assert [await each.close_code() for each in (ann, bob)] == [messages.RELAY_LOST] * 2
    assert len(machines.relays.hub.attendances) == 2
    machines.relays.hub.note_placed({"7": CallPlace("another", at, settled=True)})
    left = await until(lambda: news_in(machines.relays.directory, "Left"), lambda news: len(news) == 2)
    assert {each["why"] for each in left} == {"moved"}
    assert all(abs(each["at"] - at) < 0.01 for each in left)


async def test_a_machine_that_falls_silent_is_noticed(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.hub.remote_relay.SILENT_FOR", 0.3)
    [relay] = machines.pages.hub._connections
    machines.door.close()
    await until(lambda: not relay.up)
    await machines.pages.hub.follow([])


async def test_it_waits_for_a_relay_process_that_comes_up(machines: Machines) -> None:
    machines.pages.directory.relay = None
    coming = asyncio.create_task(machines.pages.call("bob"))
    bob = await coming
    machines.pages.directory.relay = machines.address.relay
    await bob.enter()
