"""A mentor with many mentees, each with a visit of their own, who answer her offers over HTTP all at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import aiohttp
import pytest
from sqlalchemy import update

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.changes import limits
from server.catchups.rules import collapsing
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.db.database import Database
from server.db.tables import outbox
from server.people.actions.links import find_visitor, make_link, open_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose, csrf_of
from server.people.rules.people import Person
from server.people.rules.rate_limits import RateLimit
from server.people.rules.visitors import Visitor


def shown(kind: ChoiceKind) -> ShownWording:
    """What an English page says of a choice."""
    return ShownWording(WORDINGS[kind], "en")


@dataclass(frozen=True)
class Answer:
    """What the server said to a form."""

    status: int
    text: str
    location: str | None
    seconds: float


@dataclass(frozen=True)
class Browser:
    """A person with a visit, as their browser shows it."""

    token: str
    visitor: Visitor

    async def post(self, session: aiohttp.ClientSession, url: str, *kinds: ChoiceKind, **fields: str) -> Answer:
        """Sends a form with the wordings that stood on its page. Raises aiohttp.ClientError."""
        pairs = [("csrf", csrf_of(self.token)), *fields.items(), *(("wording", shown(kind).hash) for kind in kinds)]
        return await self._take(session.post(url, data=pairs, headers=self._headers, allow_redirects=False))

    async def get(self, session: aiohttp.ClientSession, url: str) -> Answer:
        return await self._take(session.get(url, headers=self._headers, allow_redirects=False))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"fireside={self.token}"}

    async def _take(self, request: "aiohttp.client._RequestContextManager") -> Answer:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with request as response:
            text = await response.text()
            return Answer(response.status, text, response.headers.get("Location"), loop.time() - began)


@dataclass
class Crowd:
    """`mentees` and their mentorships with the `mentor`, in the same order."""

    database: Database
    mentor: Browser
    mentees: list[Browser]
    mentorships: list[int]

    @classmethod
    async def gather(cls, database: Database, size: int, name: str = "maya") -> Self:
        now = datetime.now(UTC)
        mentees, mentorships = [], []
        async with database.writing() as connection:
            maya = await find_or_add_person(connection, NewPerson(name.title(), f"{name}@example.org", "UTC"), now)
            for number in range(size):
                new_person = NewPerson(f"Sam {number}", f"sam{number}.{name}@example.org", "Europe/London")
                mentees.append(await find_or_add_person(connection, new_person, now))
                mentorships.append(await find_or_add_mentorship(connection, maya, mentees[-1], now))
        return cls(
            database, await at_home(database, maya), [await at_home(database, each) for each in mentees], mentorships
        )

    async def call(self, number: int) -> Booking:
        """A booking with the mentee of this number, whose call is open now."""
        start = datetime.now(UTC) + timedelta(minutes=5)
        earlier = start - timedelta(hours=1)
        draft = Draft("", frozenset({Medium.VIDEO}), (start,), 30)
        means, accepts = shown(ChoiceKind.OFFERED), shown(ChoiceKind.ACCEPTED)
        offer = await make_offer(self.database, self.mentor.visitor, self.mentorships[number], draft, means, earlier)
        choice = Acceptance(start, Medium.VIDEO, accepts)
        return await accept_offer(self.database, self.mentees[number].visitor, offer.id, choice, earlier)

    async def offer(self, number: int, *starts: datetime, minutes: int = 30) -> Offer:
        """The mentor's offer of a video call to the mentee of this number."""
        return await self.draft(number, Draft("", frozenset({Medium.VIDEO}), starts, minutes))

    async def draft(self, number: int, draft: Draft) -> Offer:
        """The mentor's offer to the mentee of this number, as it was drafted."""
        now, means = datetime.now(UTC), shown(ChoiceKind.OFFERED)
        phone = shown(ChoiceKind.ALLOWED_PHONE) if draft.phone_fallback else None
        mentorship = self.mentorships[number]
        return await make_offer(self.database, self.mentor.visitor, mentorship, draft, means, now, phone=phone)


@contextmanager
def unlimited() -> Iterator[None]:
    """One person may make another get any number of emails, in this process."""
    most = 1_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MOST_OPEN_OFFERS", most)
        for name in ("PROPOSALS", "UNDOINGS", "LATE_EMAILS"):
            patch.setattr(limits, name, RateLimit(name.lower(), most, timedelta(hours=1)))
        yield


@contextmanager
def every_email() -> Iterator[None]:
    """No email waits for what may follow, or gives way to it, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collapsing, "COLLAPSES", {})
        patch.setattr(collapsing, "HELD", frozenset())
        yield


async def end_waiting(database: Database) -> None:
    """Emails about an undoing wait two minutes for another answer, which may take their place: now they are due."""
    unsent = outbox.c.sent_at.is_(None), outbox.c.kind.not_like("reminder%")
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(*unsent).values(due_at=outbox.c.made_at))


async def at_home(database: Database, person: Person) -> Browser:
    """The person's browser, which has opened their home link."""
    return await _browser(database, person, Purpose.HOME)


async def at_catchup(database: Database, person: Person, catchup_id: int) -> Browser:
    """The person's browser, which has opened a link to one catch-up only."""
    return await _browser(database, person, Purpose.CATCHUP, catchup_id)


async def _browser(database: Database, person: Person, purpose: Purpose, catchup_id: int | None = None) -> Browser:
    now = datetime.now(UTC)
    async with database.writing() as connection:
        secret = await make_link(
            connection, now, person_id=person.id, purpose=purpose, path="/home", catchup_id=catchup_id
        )
    token = (await open_link(database, secret, None, now)).token
    visitor = await find_visitor(database, token, now)
    assert visitor is not None
    return Browser(token, visitor)


def whole_hour_in(days: int) -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=days)
