"""D9: PostgreSQL is restarted and killed under load, with a call going on: the pages come back, the call hears nothing.

FIRESIDE_FAULTS=long (`make faults`) does it 30 times, else 3.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from server.catchups.queries.ledger import verify
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.db.database import Database, Unavailable
from server.db.schema import migrate
from server.db.tables import bookings, choices, offers
from tests.cast import Fireside, until
from tests.cluster import Cluster
from tests.conftest import new_postgresql_database
from tests.crowd import Browser, Crowd, whole_hour_in
from tests.talkers import Talker

pytestmark = pytest.mark.alone

TIMES = 30 if os.environ.get("FIRESIDE_FAULTS") == "long" else 3
WRITERS = 8
AWAY_S = 2.0
BACK_WITHIN_S = 5.0
# The two share two cores with a database that is started and eight writers.
SILENCE_S = 1.0
# Of the start and the end, and of each kind a few each time.
LINES = 30 + 15 * TIMES


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """One that this test may kill."""
    cluster = Cluster(tmp_path / "postgresql", durable=True)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
async def url(cluster: Cluster) -> str:
    return await new_postgresql_database(cluster.url)


@pytest.fixture
async def crowd(url: str) -> AsyncIterator[Crowd]:
    database = Database(url)
    await migrate(database)
    yield await Crowd.gather(database, WRITERS + 1)
    await database.close()


@pytest.fixture
async def house(url: str, crowd: Crowd, tmp_path: Path) -> AsyncIterator[Fireside]:
    house = await Fireside.serve(tmp_path / "data", url)
    yield house
    await house.stop()


@dataclass
class Load:
    """Mentees who accept offer after offer, the mentor who looks at her home, and what the server said to them."""

    crowd: Crowd
    base_url: str
    session: aiohttp.ClientSession
    acknowledged: set[int] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)
    last_kept: float = 0.0
    slowest: float = 0.0

    async def write(self, mentee: int) -> None:
        """Accepts one offer after the other, forever; each is of a time that is this mentee's alone."""
        number = 0
        while True:
            start = whole_hour_in(30) + number * timedelta(hours=WRITERS) + mentee * timedelta(hours=1)
            offer = await self._offer(mentee, start)
            status = 503
            while status == 503:
                status = await self._accept(self.crowd.mentees[mentee], offer.id, start.isoformat())
            if status == 303:
                self.acknowledged.add(offer.id)
            else:
                # Kept, but its answer was lost: 'look again' is what that page says.
                assert status == 409
            self.last_kept = asyncio.get_running_loop().time()
            number += 1

    async def _offer(self, mentee: int, start: datetime) -> Offer:
        while True:
            with suppress(Unavailable):
                return await self.crowd.offer(mentee, start)
            await asyncio.sleep(0.1)

    async def _accept(self, mentee: Browser, offer: int, start: str) -> int:
        url = f"{self.base_url}/offers/{offer}/acceptance"
        answer = await mentee.post(self.session, url, ChoiceKind.ACCEPTED, start=start, medium="video", revision="0")
        self.said[f"accept {answer.status}"] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status == 503:
            assert "our database" in answer.text
            await asyncio.sleep(0.1)
        return answer.status

    async def read(self) -> None:
        while True:
            answer = await self.crowd.mentor.get(self.session, f"{self.base_url}/home")
            self.said[f"read {answer.status}"] += 1
            await asyncio.sleep(0.1)


def restart(cluster: Cluster) -> None:
    """As an administrator does: what runs is ended."""
    cluster.stop("fast")


def crash(cluster: Cluster) -> None:
    cluster.stop("immediate")


@pytest.mark.timeout(120 + 30 * TIMES)
async def test_the_pages_come_back_and_the_call_hears_nothing_of_it(
    cluster: Cluster, crowd: Crowd, house: Fireside
) -> None:
    booking = await crowd.call(WRITERS)
    talkers = [
        await Talker.enter(house.base_url, booking.id, browser.token)
        for browser in (crowd.mentor, crowd.mentees[WRITERS])
    ]
    await until(lambda: all(talker.heard for talker in talkers), what="sound")
    clock = asyncio.get_running_loop().time
    back: list[float] = []
    async with aiohttp.ClientSession() as session:
        load = Load(crowd, house.base_url, session)
        tasks = [asyncio.create_task(load.write(mentee)) for mentee in range(WRITERS)]
        tasks.append(asyncio.create_task(load.read()))
        for number in range(TIMES):
            enough = load.said["accept 303"] + 10
            await until(lambda enough=enough: load.said["accept 303"] >= enough, what="ten writes that are kept")
            await asyncio.to_thread((restart, crash, Cluster.kill)[number % 3], cluster)
            await asyncio.sleep(AWAY_S)
            assert not await house.healthy()
            await asyncio.to_thread(cluster.start)
            began = clock()
            await until(lambda began=began: load.last_kept > began, what="a write that is kept")
            back.append(clock() - began)
            assert await house.healthy()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(error, asyncio.CancelledError) for error in ended), ended
    silences = [talker.longest_silence for talker in talkers]
    heard = [(talkers[not of].peer.sent, len(talker.heard)) for of, talker in enumerate(talkers)]
    for talker in talkers:
        await talker.leave()
    verdict = await verify(crowd.database)
    lines = house.log.read_text().splitlines()
    print(
        f"{TIMES} times lost: pages back at most {max(back):.2f} s after the database; {dict(load.said)}; the slowest "
        f"answer {load.slowest:.1f} s; {len(load.acknowledged)} acknowledged; of the call's packets (sent, heard) "
        f"{heard}, longest silence {max(silences):.2f} s; {len(lines)} lines logged; {verdict.said}"
    )
    assert len(lines) < LINES
    assert "Traceback (most recent call last):" not in lines
    assert max(back) < BACK_WITHIN_S
    assert max(silences) < SILENCE_S
    assert set(load.said) <= {"accept 303", "accept 503", "accept 409", "read 200", "read 503"}
    assert load.said["accept 503"] > 0
    assert verdict.holds
    async with crowd.database.reading() as connection:
        states = {row.id: row.state for row in await connection.execute(select(offers.c.id, offers.c.state))}
        booked = [row.offer_id for row in await connection.execute(select(bookings.c.offer_id))]
        chosen = await connection.execute(select(choices.c.subject_id).where(choices.c.kind == "accepted"))
        chose = sorted(row.subject_id for row in chosen)
    accepted = sorted(offer for offer, state in states.items() if state == "accepted")
    assert load.acknowledged <= set(accepted)
    assert (sorted(booked), chose) == (accepted, accepted)
