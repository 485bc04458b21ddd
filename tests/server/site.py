"""The real web application on a real database with a real relay, and people who visit it."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count as counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from server.app import make_app, make_jobs
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.actions.offers import make_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Caller, Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.config import read_settings
from server.db.database import Database
from server.db.tables import busy_feeds, busy_times, mentorships
from server.jobs import Jobs
from server.matching.store.runs import live_runs
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.accounts import Role
from server.people.rules.links import Purpose
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.web.connections import ConnectionLimits, LimitedSite, most_connections
from server.web.keys import DATABASE
from tests.cast import until
from tests.elsewhere import Elsewhere, calendar_server
from tests.server.actors import account_link, visitor_by

OFFERED = ShownWording(WORDINGS[ChoiceKind.OFFERED], "en")
ACCEPTED = ShownWording(WORDINGS[ChoiceKind.ACCEPTED], "en")
ALLOWED_PHONE = ShownWording(WORDINGS[ChoiceKind.ALLOWED_PHONE], "en")

WINDOW = JoinWindow(timedelta(minutes=15), timedelta(minutes=60))

# When a job looks at a mentorship next: its first round writes them.
PLANNED = ("nudge_at", "review_at")

numbers = counter(1)


@dataclass
class Guest:
    """A person's browser: keeps cookies, follows redirects, and sends forms as a browser does."""

    session: aiohttp.ClientSession
    base_url: str
    status: int = 0
    text: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, object] = field(default_factory=dict)
    wordings: set[str] = field(default_factory=set)

    async def get(self, path: str) -> "Guest":
        return await self._take(self.session.get(self.base_url + path))

    async def head(self, path: str) -> "Guest":
        return await self._take(self.session.head(self.base_url + path))

    async def post(self, path: str, origin: str | None = None, **fields: object) -> "Guest":
        """Sends a form with the hidden fields of the page that is open, or was open before."""
        sent = self.hidden | {"wording": list(self.wordings)} | fields
        pairs = [(key, item) for key, value in sent.items() for item in (value if isinstance(value, list) else [value])]
        headers = {"Origin": origin or self.base_url}
        return await self._take(self.session.post(self.base_url + path, data=aiohttp.FormData(pairs), headers=headers))

    async def _take(self, request: "aiohttp.client._RequestContextManager") -> "Guest":
        async with request as response:
            self.status, self.path = response.status, response.url.path
            self.text, self.headers = await response.text(errors="replace"), dict(response.headers)
        self.hidden |= re.findall(r'name="(csrf|revision|form)" value="([^"]*)"', self.text)
        self.wordings |= set(re.findall(r'name="wording" value="([^"]*)"', self.text))
        return self


@dataclass
class Site:
    """The running application."""

    base_url: str
    database: Database

    def __post_init__(self) -> None:
        self.sessions: list[aiohttp.ClientSession] = []

    async def guest(self, secret: str | None = None, address: str = "127.0.0.1") -> Guest:
        """A new browser at this address, which has opened the link with this secret."""
        connector = aiohttp.TCPConnector(local_addr=(address, 0))
        self.sessions.append(aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True)))
        guest = Guest(self.sessions[-1], self.base_url)
        return guest if secret is None else await guest.get(f"/l/{secret}")

    async def account(self, role: Role) -> Guest:
        """A browser that is signed in to an account of this role."""
        secret = await account_link(self.database, datetime.now(UTC), role, f"{role}@example.org")
        guest = await self.guest(secret)
        return await guest.post(f"/l/{secret}")


@dataclass
class SiteWithJobs(Site):
    """`jobs` do what its own do."""

    jobs: Jobs

    async def settle(self) -> None:
        """Does all that is due, so that its own jobs have nothing to change for now."""
        await self.jobs.tidy()

        async def matching_rests() -> bool:
            async with self.database.reading() as connection:
                return not await live_runs(connection)

        await until(matching_rests, what="the end of all matching")


@dataclass
class Mentee:
    """`secret` is that of a link to their home."""

    person: Person
    mentorship_id: int
    secret: str


@dataclass
class Pair:
    """Maya and Sam, fresh for each test."""

    site: Site
    maya: Person
    sam: Person
    mentorship_id: int
    as_maya: Visitor
    as_sam: Visitor
    maya_secret: str
    sam_secret: str
    maya_email: str
    sam_email: str

    async def offer(
        self,
        media: frozenset[Medium] = frozenset(Medium),
        hours: int = 24,
        mentorship_id: int | None = None,
        phone_fallback: bool = False,
        caller: Caller = Caller.MENTOR,
    ) -> Offer:
        """Maya's offer to Sam, or in another mentorship of hers."""
        now = datetime.now(UTC)
        starts = tuple(now.replace(second=0, microsecond=0) + timedelta(hours=hours + extra) for extra in (0, 2))
        draft = Draft("I moved house.", media, starts, 30, phone_fallback=phone_fallback, caller=caller)
        mentorship, phone = mentorship_id or self.mentorship_id, ALLOWED_PHONE if phone_fallback else None
        return await make_offer(self.site.database, self.as_maya, mentorship, draft, OFFERED, now, phone=phone)

    async def move(self, booking: Booking, *starts: datetime) -> Offer:
        """Maya asks to move the booking to one of these times."""
        draft = Draft("My train is late.", frozenset(Medium), starts, 30)
        return await ask_to_move(self.site.database, self.as_maya, booking.id, draft, OFFERED, datetime.now(UTC))

    async def another_mentee(self) -> "Mentee":
        """Another mentee of Maya."""
        now = datetime.now(UTC)
        async with self.site.database.writing() as connection:
            new_person = NewPerson("Lena", f"lena{next(numbers)}@example.org", "Europe/Berlin")
            lena = await find_or_add_person(connection, new_person, now)
            mentorship_id = await find_or_add_mentorship(connection, self.maya, lena, now)
            secret = await make_link(connection, now, person_id=lena.id, purpose=Purpose.HOME, path="/home")
        return Mentee(lena, mentorship_id, secret)

    async def booking(self, start: datetime | None = None, medium: Medium = Medium.VIDEO) -> Booking:
        """A booking; at `start`, in five minutes unless given."""
        # An offer of a time that has come is ended by the running jobs, even between its making and its acceptance.
        start = start or datetime.now(UTC) + timedelta(minutes=5)
        earlier = start - timedelta(hours=1)
        draft = Draft("I moved house.", frozenset(Medium), (start,), 30)
        offer = await make_offer(self.site.database, self.as_maya, self.mentorship_id, draft, OFFERED, earlier)
        return await accept_offer(
            self.site.database, self.as_sam, offer.id, Acceptance(start, medium, ACCEPTED), earlier
        )

    async def link(self, person: Person, catchup_id: int, path: str) -> str:
        async with self.site.database.writing() as connection:
            return await make_link(
                connection,
                datetime.now(UTC),
                person_id=person.id,
                purpose=Purpose.CATCHUP,
                path=path,
                catchup_id=catchup_id,
            )


@pytest.fixture(scope="session")
async def calendars(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Elsewhere]:
    """The server of people's other calendars, which the site can reach."""
    async with calendar_server(tmp_path_factory.mktemp("calendars")) as server:
        yield server


@pytest.fixture(scope="session")
async def site(
    tmp_path_factory: pytest.TempPathFactory, calendars: Elsewhere, migrated: Path
) -> AsyncIterator[SiteWithJobs]:
    """The application, served in this process, with a database that all tests share."""
    async with new_site(tmp_path_factory.mktemp("site"), calendars, migrated) as here:
        yield here


@asynccontextmanager
async def new_site(data: Path, calendars: Elsewhere, migrated: Path) -> AsyncIterator[SiteWithJobs]:
    """Another one, with an empty database of its own."""
    shutil.copy(migrated, data)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        base_url = f"http://127.0.0.1:{port}"
        settings = read_settings({}, given={"data": str(data), "base_url": base_url, "media_port": "0", "relays": "1"})
        database = Database(settings.database_url)
        runner = web.AppRunner(make_app(settings, calendars.policy))
        await runner.setup()
        listening.setblocking(False)
        await LimitedSite(runner, listening, ConnectionLimits(settings.proxies, most_connections())).start()
        here = SiteWithJobs(base_url, runner.app[DATABASE], make_jobs(runner.app))
        yield here
        await asyncio.gather(*(session.close() for session in here.sessions))
        await runner.cleanup()
        await database.close()


@pytest.fixture
def database(site: Site) -> Database:
    """The site's own database, for the fixtures that read it."""
    return site.database


@pytest.fixture
async def pair(site: Site) -> Pair:
    number, now = next(numbers), datetime.now(UTC)
    emails = [f"{name}{number}@example.org" for name in ("maya", "sam")]
    async with site.database.writing() as connection:
        maya, sam = [
            await find_or_add_person(connection, NewPerson(name, email, zone), now - timedelta(days=1))
            for name, email, zone in zip(("Maya", "Sam"), emails, ("Europe/Stockholm", "Europe/London"), strict=True)
        ]
        mentorship_id = await find_or_add_mentorship(connection, maya, sam, now)
        secrets = [
            await make_link(connection, now, person_id=person.id, purpose=Purpose.HOME, path="/home")
            for person in (maya, sam)
        ]
    visitors = [await visitor_by(site.database, secret, now) for secret in secrets]
    return Pair(site, maya, sam, mentorship_id, *visitors, *secrets, *emails)


@pytest.fixture
async def mentor(site: Site, pair: Pair) -> Guest:
    return await site.guest(pair.maya_secret)


@pytest.fixture
async def mentee(site: Site, pair: Pair) -> Guest:
    return await site.guest(pair.sam_secret)


@pytest.fixture
async def stranger(site: Site) -> Guest:
    """A person with a home of their own, who has no mentorship with Maya or Sam."""
    now = datetime.now(UTC)
    async with site.database.writing() as connection:
        eve = await find_or_add_person(connection, NewPerson("Eve", f"eve{next(numbers)}@example.org", "UTC"), now)
        secret = await make_link(connection, now, person_id=eve.id, purpose=Purpose.HOME, path="/home")
    return await site.guest(secret)


@pytest.fixture
async def nobody(site: Site) -> Guest:
    """A browser without any link."""
    return await site.guest()


@pytest.fixture
async def admin(site: Site) -> Guest:
    return await site.account(Role.ADMIN)


@pytest.fixture
async def coordinator(site: Site) -> Guest:
    return await site.account(Role.COORDINATOR)


@pytest.fixture
def contents(
    contents: Callable[[], Awaitable[dict[str, Any]]], site: SiteWithJobs
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Every table's rows, except what the running jobs change at any time: they send emails, make links for them, note
    who left a call, check the ledger, read other calendars again, and note when to look at a mentorship.

    What is due is done first, so that the jobs do not do it between two readings.
    """

    async def read() -> dict[str, Any]:
        await site.settle()
        found = await contents()
        # The fixtures make offers at earlier times; the jobs forget that within the test.
        found["rate_limits"] = [row for row in found["rate_limits"] if "proposals:" not in row]
        del found["links"], found["ledger_check"]
        async with site.database.reading() as connection:
            feeds = await connection.execute(select(busy_feeds.c.person_id, busy_feeds.c.url))
            found["busy_feeds"] = sorted(map(repr, feeds))
            # Calendars are read again meanwhile, from the present time on.
            found["busy_times"] = sorted(await connection.scalars(select(busy_times.c.person_id).distinct()))
            columns = [column for column in mentorships.columns if column.name not in PLANNED]
            found["mentorships"] = sorted(map(repr, await connection.execute(select(*columns))))
        return found | {name: len(found[name]) for name in ("outbox", "attendances")}

    return read
