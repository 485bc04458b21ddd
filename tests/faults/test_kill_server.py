"""D1: `kill -9` of the server while people decide. What was acknowledged stays; nothing is half-written.

FIRESIDE_FAULTS=long (`make faults`) kills 200 times, FIRESIDE_FAULTS=night 2,000, else 6.
"""

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.queries.ledger import verify
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind
from server.db.database import Database
from server.db.schema import migrate
from tests.cast import Fireside, until
from tests.crowd import Browser, Crowd, shown, whole_hour_in

KILLS = {"long": 200, "night": 2000}.get(os.environ.get("FIRESIDE_FAULTS", ""), 6)
EACH_KILL = 6
# How often a pair decides each matter: more would be too many proposals of one pair in an hour.
EACH_PAIR = 4
WORKERS = 4
SEED = 20261123

BOOKED = {"booking confirmed": 1, "reminder": 4}
# What each decision changes in its catch-up, whole: so many rows more or fewer of each kind.
EFFECTS: Mapping[str, Mapping[str, int]] = {
    "accept": {"offer open": -1, "offer accepted": 1, "choice accepted": 1, "email offer_accepted": 2, **BOOKED},
    "decline": {
        "offer open": -1,
        "offer declined": 1,
        "choice declined": 1,
        "email offer_declined": 1,
        "email you_declined": 1,
    },
    "postpone": {
        "offer open": -1,
        "offer declined": 1,
        "choice postponed": 1,
        "email offer_postponed": 1,
        "email you_declined": 1,
    },
    "suggest": {
        "offer superseded": 1,
        "choice suggested": 1,
        "choice offered": 1,
        "email other_suggested": 1,
        "email you_suggested": 1,
    },
    "take back": {"offer open": -1, "offer withdrawn": 1, "choice took_back": 1, "email offer_withdrawn": 1},
    "call off": {
        "booking confirmed": -1,
        "booking cancelled": 1,
        "choice withdrew": 1,
        "email booking_cancelled": 2,
        "reminder": -4,
        "reminder dropped": 4,
    },
    "accept a move": {
        "offer open": -1,
        "offer accepted": 1,
        "booking rescheduled": 1,
        "choice accepted": 1,
        "email booking_moved": 2,
        "reminder dropped": 4,
    },
    "decline a move": {"offer open": -1, "offer declined": 1, "choice declined": 1, "email move_declined": 1},
}

# An email that is not sent where the one before it, about the same catch-up, has not left yet.
LEFT_OUT = {"take back": {"email offer_withdrawn": 1}}

ROWS = """
SELECT catchup_id, 'offer ' || state FROM offers
UNION ALL SELECT catchup_id, 'booking ' || state FROM bookings
UNION ALL SELECT catchup_id, 'choice ' || kind FROM choices JOIN offers ON offers.id = subject_id
UNION ALL SELECT catchup_id, CASE
    WHEN kind NOT LIKE 'reminder%' THEN 'email ' || kind
    WHEN dropped_at IS NULL THEN 'reminder' ELSE 'reminder dropped' END FROM outbox
"""


@dataclass(frozen=True)
class Case:
    """A decision that waits: who makes it, by which form, in which catch-up."""

    what: str
    who: Browser
    catchup: int
    path: str
    kinds: tuple[ChoiceKind, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Preparation:
    """Makes the cases, each at an hour of its own."""

    crowd: Crowd
    hours: int = 0

    def __post_init__(self) -> None:
        self.mentor, self.mentee = self.crowd.mentor, self.crowd.mentees[0]

    def _hour(self) -> datetime:
        self.hours += 1
        return whole_hour_in(10) + timedelta(minutes=30) * self.hours

    async def answer(self, what: str) -> Case:
        """An answer to an offer."""
        offer = await self.crowd.offer(0, self._hour())
        path, kinds, fields = {
            "accept": (
                "acceptance",
                (ChoiceKind.ACCEPTED,),
                {"start": offer.starts[0].isoformat(), "medium": "video", "revision": "0"},
            ),
            "decline": ("refusal", (ChoiceKind.DECLINED,), {}),
            "postpone": ("postponement", (ChoiceKind.POSTPONED,), {"weeks": "4"}),
            "suggest": (
                "suggestion",
                (ChoiceKind.SUGGESTED, ChoiceKind.OFFERED),
                {"starts": self._hour().isoformat(), "media": "video", "minutes": "30", "note": ""},
            ),
            "take back": ("withdrawal", (ChoiceKind.TOOK_BACK,), {}),
        }[what]
        who = self.mentor if what == "take back" else self.mentee
        return Case(what, who, offer.catchup_id, f"/offers/{offer.id}/{path}", kinds, fields)

    async def call_off(self, what: str) -> Case:
        catchup, booking = await self._booking()
        return Case(what, self.mentee, catchup, f"/bookings/{booking}/withdrawal", (ChoiceKind.WITHDREW,))

    async def move(self, what: str) -> Case:
        """An answer to the wish to move a booking."""
        catchup, booking = await self._booking()
        database, now = self.crowd.database, datetime.now(UTC)
        draft = Draft("", frozenset({Medium.VIDEO}), (self._hour(),), 30)
        means = shown(ChoiceKind.OFFERED)
        offer = await ask_to_move(database, self.mentor.visitor, booking, draft, means, now)
        if what == "decline a move":
            return Case(what, self.mentee, catchup, f"/offers/{offer.id}/refusal", (ChoiceKind.DECLINED,))
        fields = {"start": draft.starts[0].isoformat(), "medium": "video", "revision": "0"}
        return Case(what, self.mentee, catchup, f"/offers/{offer.id}/acceptance", (ChoiceKind.ACCEPTED,), fields)

    async def _booking(self) -> tuple[int, int]:
        start = self._hour()
        offer = await self.crowd.offer(0, start)
        choice = Acceptance(start, Medium.VIDEO, shown(ChoiceKind.ACCEPTED))
        booking = await accept_offer(self.crowd.database, self.mentee.visitor, offer.id, choice, datetime.now(UTC))
        return offer.catchup_id, booking.id

    def makers(self) -> Mapping[str, Callable[[str], Awaitable[Case]]]:
        special = {"call off": self.call_off, "accept a move": self.move, "decline a move": self.move}
        return {what: special.get(what, self.answer) for what in EFFECTS}


async def prepare(database: Database, rounds: int, dice: random.Random | None = None) -> list[Case]:
    """Rounds of one case of each kind, in an order of their own if there are dice; by as many pairs as it needs."""
    cases: list[Case] = []
    for number in range(rounds):
        if number % EACH_PAIR == 0:
            makers = Preparation(await Crowd.gather(database, 1, f"maya{number}")).makers()
        kinds = dice.sample(list(makers), k=len(makers)) if dice else makers
        cases += [await makers[what](what) for what in kinds]
    return cases


@dataclass
class Deciders:
    """People who decide case after case, and remember what the server acknowledged."""

    session: aiohttp.ClientSession
    cases: list[Case]
    acknowledged: set[int] = field(default_factory=set)
    asked: int = 0
    tried: set[str] = field(default_factory=set)

    async def decide(self, base_url: str) -> None:
        """Decides one case after the other, until the server dies."""
        while self.cases:
            case = self.cases.pop()
            self.asked += 1
            self.tried.add(case.what)
            answer = await case.who.post(self.session, base_url + case.path, *case.kinds, **case.fields)
            assert answer.status == 303, (case, answer)
            self.acknowledged.add(case.catchup)


def contents(file: Path) -> dict[int, Counter[str]]:
    """How many rows of each kind each catch-up has."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for catchup, kind in connection.execute(ROWS):
            found[catchup][kind] += 1
        for catchup, sequence in connection.execute("SELECT id, sequence FROM catchups"):
            found[catchup]["sequence"] = sequence
    return found


def judge(file: Path, cases: list[Case], before: dict[int, Counter[str]], acknowledged: set[int]) -> Counter[str]:
    """Every case is untouched or wholly decided, and decided when that was acknowledged; how many of each are."""
    now, decided = contents(file), Counter()
    for case in cases:
        found, untouched = now[case.catchup], before[case.catchup]
        whole = Counter(untouched)
        whole.update({**EFFECTS[case.what], "sequence": 1})
        assert found in (untouched, whole, whole - Counter(LEFT_OUT.get(case.what, {}))), (
            f"{case} is half-written: {found - untouched} came, {untouched - found} went"
        )
        assert found != untouched or case.catchup not in acknowledged, f"{case} was acknowledged and lost"
        decided[case.what] += found != untouched
    return decided


@pytest.mark.timeout(15 * KILLS + 300)
async def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    file = tmp_path / "fireside.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    database = Database(url)
    await migrate(database)
    # In rounds of one each, so that none is left out where few are asked.
    cases = await prepare(database, KILLS * EACH_KILL // len(EFFECTS), dice)
    await database.close()
    before = contents(file)
    slowest = 0.0
    house = await Fireside.serve(tmp_path / "data", url)
    try:
        async with aiohttp.ClientSession() as session:
            deciders = Deciders(session, list(cases))
            for _ in range(KILLS):
                # The first page of a process takes longer: what it needs once is read then.
                assert (await cases[0].who.get(session, f"{house.base_url}/home")).status == 200
                workers = [asyncio.create_task(deciders.decide(house.base_url)) for _ in range(WORKERS)]
                wanted = len(deciders.acknowledged) + dice.randrange(1, EACH_KILL)
                await until(
                    lambda wanted=wanted: len(deciders.acknowledged) >= wanted or not deciders.cases,
                    what="decisions",
                    every=0.001,
                )
                # The moment is the point: somewhere within the next write.
                await asyncio.sleep(dice.random() * 0.02)
                await house.kill()
                ended = await asyncio.gather(*workers, return_exceptions=True)
                assert all(error is None or isinstance(error, aiohttp.ClientError) for error in ended), ended
                judge(file, cases, before, deciders.acknowledged)
                began = time.monotonic()
                house = await Fireside.serve(house.data, url)
                slowest = max(slowest, time.monotonic() - began)
        decided = judge(file, cases, before, deciders.acknowledged)
        verdict = await verify(database)
        await database.close()
    finally:
        await house.stop()
    print(
        f"seed {SEED}: {KILLS} kills, {deciders.asked} decisions asked, {len(deciders.acknowledged)} acknowledged, "
        f"{decided.total()} kept: {dict(decided)}; 0 lost, 0 half-written; slowest restart {slowest:.2f} s; "
        f"{verdict.said}"
    )
    assert verdict.holds
    assert len(deciders.acknowledged) >= KILLS / 2
    assert deciders.asked > len(deciders.acknowledged), "no kill ever fell into a write"
    assert deciders.tried == set(EFFECTS), "a decision was never tried"
