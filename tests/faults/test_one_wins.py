"""D2: a hundred mentees accept overlapping times of one mentor at once, over HTTP: one wins, the others choose again.

Several server processes share the database. FIRESIDE_FAULTS=long (`make faults`) plays 200 rounds with each database
and number of processes, FIRESIDE_FAULTS=night 1,000, else one.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import aiohttp
import pytest
from sqlalchemy import select

from server.catchups.queries.ledger import verify
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.errors import TimeTaken
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import bookings, choices
from tests.cast import Fireside
from tests.conftest import new_postgresql_database
from tests.crowd import Answer, Crowd, whole_hour_in

ROUNDS = {"long": 200, "night": 1000}.get(os.environ.get("FIRESIDE_FAULTS", ""), 1)
# How many processes serve: four see all that one can.
SERVING = {"one process": 1, "four processes": 4} if ROUNDS > 1 else {"four processes": 4}
MENTEES = 100
SEED = 20261125
# Of half an hour each: any two overlap.
SHIFTS = (timedelta(), timedelta(minutes=10), timedelta(minutes=20))
LATER = timedelta(hours=2)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}"
    return await new_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture
async def crowd(url: str) -> AsyncIterator[Crowd]:
    database = Database(url)
    await migrate(database)
    yield await Crowd.gather(database, MENTEES)
    await database.close()


@pytest.fixture(params=SERVING.values(), ids=SERVING)
async def servers(
    request: pytest.FixtureRequest, url: str, crowd: Crowd, tmp_path: Path
) -> AsyncIterator[list[Fireside]]:
    houses = [await Fireside.serve(tmp_path / str(number), url) for number in range(request.param)]
    yield houses
    for house in houses:
        await house.stop()


async def offers_of_a_round(crowd: Crowd, number: int) -> list[Offer]:
    """For each mentee an offer of a time that overlaps with everybody's and of one that is theirs alone."""
    first, own = whole_hour_in(30) + number * timedelta(hours=1), whole_hour_in(120)
    return [
        await crowd.offer(mentee, first + SHIFTS[mentee % 3], own + timedelta(hours=mentee))
        for mentee in range(MENTEES)
    ]


def offers_still(answer: Answer, start: datetime) -> bool:
    """Whether the page lets this time be chosen."""
    found = re.search(
        rf'<input type="radio" name="start"[^>]*value="{re.escape(start.isoformat())}"[^>]*>', answer.text
    )
    return found is not None and "disabled" not in found[0]


@pytest.mark.timeout(40 * ROUNDS + 300)
async def test_one_of_a_hundred_wins_and_the_others_get_the_remaining_times(
    crowd: Crowd, servers: list[Fireside]
) -> None:
    dice = random.Random(SEED)
    took: list[float] = []
    statuses: Counter[int] = Counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for number in range(ROUNDS):
            offers = await offers_of_a_round(crowd, number)

            async def accept(mentee: int, offer: Offer) -> tuple[Offer, Answer]:
                house = servers[mentee % len(servers)]
                return offer, await crowd.mentees[mentee].post(
                    session,
                    f"{house.base_url}/offers/{offer.id}/acceptance",
                    ChoiceKind.ACCEPTED,
                    start=offer.starts[0].isoformat(),
                    medium="video",
                    revision=str(offer.revision),
                )

            rush = [accept(mentee, offer) for mentee, offer in enumerate(offers)]
            dice.shuffle(rush)
            answers = await asyncio.gather(*rush)
            took += [answer.seconds for _, answer in answers]
            statuses.update(answer.status for _, answer in answers)
            assert Counter(answer.status for _, answer in answers) == {303: 1, 409: MENTEES - 1}
            for offer, answer in answers:
                if answer.status == 409:
                    assert TimeTaken.sentence in answer.text
                    assert offers_still(answer, offer.starts[1])
    async with crowd.database.reading() as connection:
        kept = (await connection.execute(select(bookings.c.state, bookings.c.start))).all()
        accepted = (await connection.execute(select(choices.c.id).where(choices.c.kind == "accepted"))).all()
    verdict = await verify(crowd.database)
    marks = quantiles(took, n=100)
    starts = sorted(row.start for row in kept)
    doubles = sum(later - earlier < timedelta(minutes=30) for earlier, later in pairwise(starts))
    print(
        f"seed {SEED}: {ROUNDS} rounds of {MENTEES} on {len(servers)} processes: {dict(statuses)}, {doubles} doubles; "
        f"an answer took {marks[49]:.2f} s, p99 {marks[98]:.2f} s; {verdict.said}"
    )
    assert {row.state for row in kept} == {BookingState.CONFIRMED.value}
    assert (len(kept), len(accepted), doubles) == (ROUNDS, ROUNDS, 0)
    assert verdict.holds
