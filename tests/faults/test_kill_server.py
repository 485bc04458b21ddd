"""D1: `kill -9` of the server while people decide. What was acknowledged stays; nothing is half-written.

FIRESIDE_FAULTS=long (`make faults`) kills 200 times, else 50.
"""

import asyncio
import os
import random
import re
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from server.actions.ledger import verify
from server.actions.links import open_link
from server.actions.offers import make_offer
from server.actions.visits import find_visitor
from server.domain.consents import WORDINGS, ChoiceKind, Shown
from server.domain.offers import Draft, Medium
from server.storage.database import Database
from server.storage.people import mentorships_of
from tests.cast import Fireside
from tests.conftest import free_port

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
KILLS = 200 if LONG else 50
OFFERS = KILLS * 6
WORKERS = 4
SEED = 20261123

OFFERED = Shown(WORDINGS[ChoiceKind.OFFERED], "en")
WHOLE = {
    # state of the offer: kinds of its choices, its bookings, its letters beside the first
    "open": ([], 0, Counter()),
    "accepted": (["accepted"], 1, Counter(offer_accepted=2)),
    "declined": (["declined"], 0, Counter(offer_declined=1)),
}


@dataclass
class Mentee:
    """Sam's browser, which decides offer after offer and remembers what the server acknowledged."""

    base_url: str
    session: aiohttp.ClientSession
    csrf: str
    starts: dict[int, str]
    acknowledged: dict[int, str] = field(default_factory=dict)
    asked: int = 0

    async def decide(self, offers: list[int], dice: random.Random) -> None:
        """Decides one offer after the other, until the server dies."""
        while offers:
            offer = offers.pop()
            accept = dice.random() < 0.5
            path, fields = (
                ("acceptance", {"start": self.starts[offer], "medium": "video"}) if accept else ("refusal", {})
            )
            self.asked += 1
            async with self.session.post(
                f"{self.base_url}/offers/{offer}/{path}", data={"csrf": self.csrf, **fields}, allow_redirects=False
            ) as answer:
                assert answer.status == 303
                self.acknowledged[offer] = "accepted" if accept else "declined"


async def prepare(house: Fireside, mentor: str) -> dict[int, str]:
    """Offers that do not overlap; returns the time that each has."""
    database = Database(f"sqlite+aiosqlite:///{house.data / 'fireside.sqlite3'}")
    now = datetime.now(UTC)
    token = (await open_link(database, mentor, None, now)).token
    visitor = await find_visitor(database, token, now)
    async with database.reading() as connection:
        [mentorship] = await mentorships_of(connection, visitor.person)
    first = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=30)
    starts = {}
    for number in range(OFFERS):
        draft = Draft("", frozenset({Medium.VIDEO}), (first + timedelta(minutes=30 * number),), 30)
        offer = await make_offer(database, visitor, mentorship.id, draft, OFFERED, now)
        starts[offer.id] = draft.starts[0].isoformat()
    await database.close()
    return starts


def rows(data: Path, query: str) -> list[tuple]:
    with sqlite3.connect(data / "fireside.sqlite3") as connection:
        return connection.execute(query).fetchall()


def judge(data: Path, mentee: Mentee) -> Counter:
    """Every offer is untouched or wholly decided, and decided as acknowledged."""
    states = dict(rows(data, "SELECT id, state FROM offers"))
    choices, letters, bookings = {}, {}, Counter()
    for offer, kind in rows(data, "SELECT offer_id, kind FROM choices"):
        choices.setdefault(offer, []).append(kind)
    for (offer,) in rows(data, "SELECT offer_id FROM bookings"):
        bookings[offer] += 1
    for event, letter in rows(data, "SELECT event, letter FROM outbox WHERE letter <> 'offer_made'"):
        letters.setdefault(int(event.split(":")[1]), Counter())[letter] += 1
    for offer in mentee.starts:
        found = (choices.get(offer, []), bookings[offer], letters.get(offer, Counter()))
        assert found == WHOLE[states[offer]], f"offer {offer} is half-written: {states[offer]} with {found}"
        assert mentee.acknowledged.get(offer, states[offer]) == states[offer], (
            f"offer {offer} was acknowledged and lost"
        )
    return Counter(states[offer] for offer in mentee.starts)


@pytest.mark.timeout(3600 if LONG else 400)
async def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    port = str(free_port())
    house = await Fireside.start(tmp_path / "data", port=port)
    slowest = 0.0
    try:
        starts = await prepare(house, house.links["mentor"].rpartition("/")[2])
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.get(house.links["mentee"]) as page:
                csrf = re.search(r'name="csrf" value="([^"]*)"', await page.text())[1]
            mentee = Mentee(house.base_url, session, csrf, starts)
            waiting = list(starts)
            for _ in range(KILLS):
                workers = [asyncio.create_task(mentee.decide(waiting, dice)) for _ in range(WORKERS)]
                # The moment is the point: somewhere within the first dozens of milliseconds of writing.
                await asyncio.sleep(dice.random() * 0.15)
                await house.kill()
                ended = await asyncio.gather(*workers, return_exceptions=True)
                assert all(error is None or isinstance(error, aiohttp.ClientError) for error in ended), ended
                assert rows(house.data, "PRAGMA integrity_check") == [("ok",)]
                judge(house.data, mentee)
                began = time.monotonic()
                house = await Fireside.start(house.data, port=port)
                slowest = max(slowest, time.monotonic() - began)
        counts = judge(house.data, mentee)
        database = Database(f"sqlite+aiosqlite:///{house.data / 'fireside.sqlite3'}")
        verdict = await verify(database)
        await database.close()
    finally:
        await house.stop()
    print(
        f"seed {SEED}: {KILLS} kills, {mentee.asked} choices asked, {len(mentee.acknowledged)} acknowledged, "
        f"{dict(counts)}; 0 lost, 0 half-written; slowest restart {slowest:.2f} s; {verdict.said}"
    )
    assert verdict.holds
    assert len(mentee.acknowledged) >= KILLS / 2
    assert mentee.asked > len(mentee.acknowledged), "no kill ever fell into a write"
