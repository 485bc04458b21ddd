"""Many people who come to their calls at the same time, each as a browser does: the personal link, the booking's page,
the call's page with all that it loads, its news, the socket, and media."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urljoin

import aiohttp
from sqlalchemy import func, select

from server.db.database import Database
from server.db.tables import outbox
from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from tests.cast import until
from tests.crowd import Crowd
from tests.light import EVERY, Person

SEED = 20261128
# As many as browsers open to one server.
CONNECTIONS_EACH = 6
WITHIN_S = 60.0
# Who has been heard speaks less, so that the packets of the others are not what is measured.
QUIET_EVERY = 25
ON_THE_WAY_S = 0.5
FILES = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
IMPORTS = re.compile(r'\bfrom "(\.[^"]+)"|^import "(\.[^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Invitation:
    """The way of one person to a call, as paths: their link, which leads to the booking's page, and the call's page."""

    link: str
    call: str
    events: str


async def invite(database: Database, calls: int) -> list[tuple[Invitation, Invitation]]:
    """Pairs with a call that is open now."""
    pairs = []
    for number in range(calls):
        crowd = await Crowd.gather(database, 1, name=f"mentor{number}")
        booking = await crowd.call(0)
        async with database.writing() as connection:
            links = [
                await make_link(
                    connection,
                    datetime.now(UTC),
                    person_id=browser.visitor.person.id,
                    purpose=Purpose.CATCHUP,
                    path=f"/bookings/{booking.id}",
                    catchup_id=booking.catchup_id,
                )
                for browser in (crowd.mentor, crowd.mentees[0])
            ]
        mentor, mentee = (
            Invitation(f"/l/{link}", f"/calls/{booking.id}", f"/bookings/{booking.id}/events") for link in links
        )
        pairs.append((mentor, mentee))
    return pairs


async def emails_sent(database: Database) -> None:
    """Returns when no email is due."""
    due = select(func.count()).where(
        outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.due_at <= datetime.now(UTC)
    )

    async def none_due() -> bool:
        async with database.reading() as connection:
            return (await connection.execute(due)).scalar_one() == 0

    await until(none_due, what="the end of the emails")


@dataclass
class Guest:
    """One who comes. Times are monotonic seconds; `requests` counts their pages and files."""

    base_url: str
    invitation: Invitation
    address: str
    talks_on: bool
    opened_at: float = 0.0
    requests: int = 0
    person: Person | None = None
    _seen: set[str] = field(default_factory=set)

    @property
    def hears(self) -> bool:
        """Whether a packet of the other's has come."""
        return self.person is not None and self.person.back_at is not None

    @property
    def to_entered(self) -> float:
        """Seconds from opening the link."""
        assert self.person
        assert self.person.entered_at
        return self.person.entered_at - self.opened_at

    @property
    def to_media(self) -> float:
        """Seconds from opening the link to the first packet of the other's."""
        assert self.person
        assert self.person.back_at
        return self.person.back_at - self.opened_at

    @asynccontextmanager
    async def in_call(self, imports: dict[str, list[str]]) -> AsyncIterator[Self]:
        """Comes, and leaves at the end of the block; `imports` of the scripts are kept for all who come."""
        connector = aiohttp.TCPConnector(limit=CONNECTIONS_EACH, local_addr=(self.address, 0))
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
            self.opened_at = time.monotonic()
            for path in (self.invitation.link, self.invitation.call):
                await self._load(session, path, imports)
            news = asyncio.create_task(self._read_news(session))
            url = f"{self.base_url}{self.invitation.call}/socket"
            self.person = Person(session, url, headers={"Origin": self.base_url})
            self.person.come()
            yield self
            await self.person.leave()
            news.cancel()
            with suppress(asyncio.CancelledError):
                await news

    async def _load(self, session: aiohttp.ClientSession, path: str, imports: dict[str, list[str]]) -> None:
        """A page and all that it loads, each file once."""
        page = (await self._get(session, path)).decode()
        await asyncio.gather(*(self._load_file(session, file, imports) for file in FILES.findall(page)))

    async def _load_file(self, session: aiohttp.ClientSession, path: str, imports: dict[str, list[str]]) -> None:
        if path in self._seen:
            return
        self._seen.add(path)
        text = (await self._get(session, path)).decode()
        if path not in imports:
            found = IMPORTS.findall(text) if path.endswith(".js") else []
            imports[path] = [urljoin(path, one or other) for one, other in found]
        await asyncio.gather(*(self._load_file(session, file, imports) for file in imports[path]))

    async def _get(self, session: aiohttp.ClientSession, path: str) -> bytes:
        self.requests += 1
        async with session.get(self.base_url + path) as answer:
            body = await answer.read()
            assert answer.status == 200, f"{path}: {answer.status}"
            return body

    async def _read_news(self, session: aiohttp.ClientSession) -> None:
        async with session.get(self.base_url + self.invitation.events) as stream:
            async for _ in stream.content:
                pass


class Storm:
    """Pairs who come to the server at `base_url`, the two of a pair at the same moment."""

    def __init__(self, base_url: str) -> None:
        self.guests: list[Guest] = []
        self._base_url = base_url
        self._imports: dict[str, list[str]] = {}
        self._over = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._beating.cancel()
        with suppress(asyncio.CancelledError):
            await self._beating

    async def come(
        self, pairs: Iterable[tuple[Invitation, Invitation]], within: float, *, talk_on: bool = False
    ) -> list[Guest]:
        """Lets the pairs come at random moments `within` so many seconds; returns when all have heard each other.

        Then they speak little, unless they `talk_on`.
        """
        chance = random.Random(SEED)
        guests = []
        for pair in pairs:
            wait = chance.uniform(0, within)
            for invitation in pair:
                number = len(self.guests)
                address = f"127.1.{number // 250}.{number % 250 + 1}"
                guest = Guest(self._base_url, invitation, address, talk_on)
                guests.append(guest)
                self.guests.append(guest)
                self._tasks.append(asyncio.create_task(self._stay(guest, wait)))
        await until(lambda: self._all_hear(guests), within + WITHIN_S, what="a call of each pair")
        return guests

    @property
    def others(self) -> list[Guest]:
        """Of each of the guests the other one of the pair."""
        return [self.guests[number ^ 1] for number in range(len(self.guests))]

    def _all_hear(self, guests: list[Guest]) -> bool:
        for task in self._tasks:
            if task.done():
                task.result()
        return all(guest.hears for guest in guests)

    async def lost(self, guests: list[Guest]) -> int:
        """How many packets of those that these people sent did not come; all are silent meanwhile."""
        people = [guest.person for guest in guests if guest.person is not None]
        for person in people:
            person.speaks = False
        await asyncio.sleep(ON_THE_WAY_S)
        missing = sum(person.sent - person.received for person in people)
        for person in people:
            person.speaks = True
        return missing

    async def _stay(self, guest: Guest, wait: float) -> None:
        await asyncio.sleep(wait)
        async with guest.in_call(self._imports):
            await self._over.wait()

    async def _beat(self) -> None:
        turn = 0
        while True:
            turn += 1
            for guest, other in zip(self.guests, self.others, strict=True):
                quiet = guest.hears and other.hears and not guest.talks_on
                if guest.person is not None and (not quiet or turn % QUIET_EVERY == 0):
                    guest.person.beat()
            await asyncio.sleep(EVERY)
