"""Pages of another process than the one that has the calls: who serves whom makes no difference.

Here each of the two processes has a port of its own, so that each test says which one it asks.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from server.app import make_app
from server.catchups.rules.bookings import Booking
from server.catchups.rules.ledger import ChoiceKind
from server.config import read_settings
from server.db.changes import Topic
from server.db.database import Database
from server.db.schema import migrate
from server.page_processes import PageProcesses
from server.web.connections import ConnectionLimits, LimitedSite, most_connections
from server.web.keys import DATABASE, FOREIGN_ORIGINS
from tests.cast import Fireside, until
from tests.conftest import new_postgresql_database
from tests.crowd import Browser, Crowd
from tests.light import Person, beat


@dataclass
class TwoPorts:
    """`main` and `pages` are the base URLs of the two processes; people know the second one."""

    main: str
    pages: str
    app: web.Application
    processes: PageProcesses
    crowd: Crowd
    session: aiohttp.ClientSession

    @property
    def pid(self) -> int:
        [process] = self.processes._processes.values()
        return process.pid

    def person(self, who: Browser, at: str, booking: Booking) -> Person:
        """Who enters the call through the process `at` this URL."""
        headers = {"Cookie": f"fireside={who.token}", "Origin": self.pages}
        person = Person(self.session, f"{at}/calls/{booking.id}/socket", headers=headers)
        person.come()
        return person


@pytest.fixture(autouse=True)
def only_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The main process also looks every 10 seconds for who should not be in a call: not here."""

    async def nobody(*_: object) -> list[tuple[str, str]]:
        return []

    monkeypatch.setattr("server.app.find_uninvited", nobody)
    monkeypatch.setattr("server.calls.pages.ending.find_closed_calls", nobody)


@pytest.fixture(params=["sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TwoPorts]:
    url = ""
    if request.param == "postgresql":
        url = (await new_postgresql_database(request.getfixturevalue("postgresql"))).replace("+asyncpg", "")
    with socket.create_server(("127.0.0.1", 0)) as own, socket.create_server(("127.0.0.1", 0)) as theirs:
        main, pages = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (own, theirs))
        given = {"data": str(tmp_path), "database_url": url, "base_url": pages, "media_port": "0", "relays": "1"}
        settings = read_settings({}, given=given | {"web_processes": "2"})
        database = Database(settings.database_url)
        await migrate(database)
        crowd = await Crowd.gather(database, 1)
        runner = web.AppRunner(make_app(settings))
        await runner.setup()
        site = LimitedSite(runner, own.dup(), ConnectionLimits(0, most_connections()))
        await site.start()
        processes = PageProcesses(settings, [theirs], runner.app, site.serve)
        await processes.start()
        async with aiohttp.ClientSession() as session:
            yield TwoPorts(main, pages, runner.app, processes, crowd, session)
        await processes.ended()
        await runner.cleanup()
        await database.close()


async def test_two_whom_different_processes_serve_meet_and_a_withdrawal_ends_their_call(house: TwoPorts) -> None:
    booking = await house.crowd.call(0)
    mentor, mentee = house.crowd.mentor, house.crowd.mentees[0]
    people = [house.person(mentor, house.main, booking), house.person(mentee, house.pages, booking)]
    beating = asyncio.create_task(beat(people))
    await until(lambda: all(person.back_at for person in people), what="a call")
    answer = await mentee.post(house.session, f"{house.pages}/calls/{booking.id}/withdrawal", ChoiceKind.WITHDREW)
    assert answer.status == 204
    for person in people:
        # Each is told that the call is over, and does not come back.
        await asyncio.wait_for(person.living(), 30)
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating


async def test_what_changes_through_one_process_is_told_in_the_other(house: TwoPorts) -> None:
    booking = await house.crowd.call(0)
    changed = asyncio.Event()
    with house.app[DATABASE].changes.watch([Topic("catchup", booking.catchup_id)], changed.set):
        url = f"{house.pages}/bookings/{booking.id}/delay"
        answer = await house.crowd.mentees[0].post(house.session, url, minutes="5")
        assert answer.status == 303
        await asyncio.wait_for(changed.wait(), 30)


async def test_a_visit_that_ends_in_one_process_is_out_of_its_call_in_the_other(house: TwoPorts) -> None:
    booking = await house.crowd.call(0)
    mentee = house.crowd.mentees[0]
    person = house.person(mentee, house.main, booking)
    await until(lambda: person.entered, what="the call")
    answer = await mentee.post(house.session, f"{house.pages}/signout")
    assert answer.status == 303
    await asyncio.wait_for(person.living(), 30)


async def test_what_only_the_main_process_knows_is_answered_by_it(house: TwoPorts) -> None:
    mentee = house.crowd.mentees[0]
    async with house.session.get(f"{house.pages}/healthz", data=b"a body") as answer:
        assert answer.status == 404
    headers = {"Cookie": f"fireside={mentee.token}", "Origin": "http://elsewhere.example"}
    async with house.session.post(f"{house.pages}/signout", headers=headers):
        await until(lambda: house.app[FOREIGN_ORIGINS].seen == ["http://elsewhere.example"], what="the origin")
    for _ in range(2):
        # Twice on the same connection: the first time it is handed on, and then it is the other process's.
        async with house.session.get(f"{house.pages}/healthz") as answer:
            assert (answer.status, (await answer.json())["relay"]) == (200, True)


async def test_one_that_is_killed_is_replaced(house: TwoPorts) -> None:
    killed = house.pid
    os.kill(killed, signal.SIGKILL)
    # The connection waits until there is another one.
    async with house.session.get(f"{house.pages}/") as answer:
        assert answer.status == 200
    assert house.pid != killed


async def test_one_that_is_to_end_finishes_what_its_connections_send(house: TwoPorts) -> None:
    async with house.session.get(f"{house.pages}/") as answer:
        assert answer.headers.get("Connection") != "close"
    house.processes.end(20)
    closes = ""
    while closes != "close":
        async with house.session.get(f"{house.pages}/") as answer:
            assert answer.status == 200
            closes = answer.headers.get("Connection", "")
    await until(lambda: house.processes.running == 0, what="the end of the process")


async def test_all_end_with_the_main_process_and_its_port_and_folder_are_free(tmp_path: Path) -> None:
    house = await Fireside.start(tmp_path / "data", FIRESIDE_WEB_PROCESSES="3")
    pids = house.page_pids()
    assert len(pids) == 2
    await house.kill()
    await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), what="their end")
    port = house.base_url.rpartition(":")[2]
    again = await Fireside.start(tmp_path / "data", port=port, FIRESIDE_WEB_PROCESSES="3")
    assert len(again.page_pids()) == 2
    await again.stop()
