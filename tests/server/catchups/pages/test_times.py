"""An offer's times where clocks change, differ by half an hour, or change on the way: shown and invited right."""

import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from icalendar import Calendar

from server.app import make_app, make_mailer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.drafts import Draft, Medium
from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.mail.mailer import send_due_emails
from server.mail.transport import SmtpTransport
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose
from server.web.keys import CLOCK, DATABASE
from tests.server.actors import visitor_by
from tests.server.sending import SEALER
from tests.server.site import OFFERED, Site
from tests.smtp_server import SmtpServer, link_in

MAYA = "Europe/Stockholm"


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class TimedSite(Site):
    """The application with a mail server, where it is as late as the clock says."""

    clock: Clock
    smtp_server: SmtpServer

    async def email(self, address: str, subject: str) -> EmailMessage:
        """Sends what is due, without waiting for the running jobs to do so, and takes this email."""
        mailer = make_mailer(
            SmtpTransport(self.smtp_server.url),
            self.base_url,
            "Fireside <f@example.org>",
            self.clock,
            sealer=SEALER,
            guest_key=bytes(32),
        )
        await send_due_emails(self.database, mailer)
        return await self.smtp_server.next_email(address, subject)


@pytest.fixture(scope="module")
async def timed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TimedSite]:
    server = await SmtpServer().open()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        data = str(tmp_path_factory.mktemp("timed"))
        given = {"data": data, "base_url": base_url, "media_port": "0", "relays": "1", "smtp_url": server.url}
        settings = read_settings({}, given=given)
        database = Database(settings.database_url)
        await migrate(database)
        app = make_app(settings)
        app[CLOCK] = clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listening.setblocking(False)
        await web.SockSite(runner, listening).start()
        site = TimedSite(base_url, app[DATABASE], clock, server)
        yield site
        for session in site.sessions:
            await session.close()
        await runner.cleanup()
        await database.close()
    server.close()


@dataclass(frozen=True)
class Case:
    """Maya offers `starts`, as her clock in Stockholm says them, to Sam, who is in `zone`, or goes to `then` before he
    accepts the last. `shown` is each time on his page; `agreed` that of his email, `told` that of hers, and `at` what
    both calendars are told."""

    zone: str
    starts: list[str]
    shown: list[str]
    agreed: str
    told: str
    at: str
    then: str = ""


CASES = {
    "both clocks go back": Case(
        "Europe/London",
        ["2026-10-24 15:00", "2026-10-25 15:00"],
        [
            "Saturday 24 October, 14:00 15:00 for Maya (Stockholm time)",
            "Sunday 25 October, 14:00 15:00 for Maya (Stockholm time)",
        ],
        "Sunday 25 October, 14:00 (London time)",
        "Sunday 25 October, 15:00 (Stockholm time)",
        "2026-10-25T14:00",
    ),
    "both clocks go forward": Case(
        "Europe/London",
        ["2027-03-27 15:00", "2027-03-28 15:00"],
        [
            "Saturday 27 March, 14:00 15:00 for Maya (Stockholm time)",
            "Sunday 28 March, 14:00 15:00 for Maya (Stockholm time)",
        ],
        "Sunday 28 March, 14:00 (London time)",
        "Sunday 28 March, 15:00 (Stockholm time)",
        "2027-03-28T13:00",
    ),
    "one clock goes back a week after the other": Case(
        "America/New_York",
        ["2026-10-24 15:00", "2026-10-26 15:00", "2026-11-02 15:00"],
        [
            "Saturday 24 October, 09:00 15:00 for Maya (Stockholm time)",
            "Monday 26 October, 10:00 15:00 for Maya (Stockholm time)",
            "Monday 2 November, 09:00 15:00 for Maya (Stockholm time)",
        ],
        "Monday 2 November, 09:00 (New York time)",
        "Monday 2 November, 15:00 (Stockholm time)",
        "2026-11-02T14:00",
    ),
    "a zone whose clocks never change": Case(
        "Africa/Nairobi",
        ["2026-10-24 15:00", "2026-10-26 15:00"],
        [
            "Saturday 24 October, 16:00 15:00 for Maya (Stockholm time)",
            "Monday 26 October, 17:00 15:00 for Maya (Stockholm time)",
        ],
        "Monday 26 October, 17:00 (Nairobi time)",
        "Monday 26 October, 15:00 (Stockholm time)",
        "2026-10-26T14:00",
    ),
    "a zone of half an hour": Case(
        "Asia/Kolkata",
        ["2026-10-24 15:00", "2026-10-26 15:00"],
        [
            "Saturday 24 October, 18:30 15:00 for Maya (Stockholm time)",
            "Monday 26 October, 19:30 15:00 for Maya (Stockholm time)",
        ],
        "Monday 26 October, 19:30 (Kolkata time)",
        "Monday 26 October, 15:00 (Stockholm time)",
        "2026-10-26T14:00",
    ),
    "a clock that goes forward by half an hour, into the next day": Case(
        "Australia/Lord_Howe",
        ["2026-10-02 15:00", "2026-10-04 15:00"],
        [
            "Friday 2 October, 23:30 15:00 for Maya (Stockholm time)",
            "Monday 5 October, 00:00 Sunday 4 October, 15:00 for Maya (Stockholm time)",
        ],
        "Monday 5 October, 00:00 (Lord Howe time)",
        "Sunday 4 October, 15:00 (Stockholm time)",
        "2026-10-04T13:00",
    ),
    "on the way between the offer and the answer": Case(
        "Europe/London",
        ["2026-10-24 15:00", "2026-10-25 15:00"],
        [
            "Saturday 24 October, 09:00 15:00 for Maya (Stockholm time)",
            "Sunday 25 October, 10:00 15:00 for Maya (Stockholm time)",
        ],
        "Sunday 25 October, 10:00 (New York time)",
        "Sunday 25 October, 15:00 (Stockholm time)",
        "2026-10-25T14:00",
        then="America/New_York",
    ),
    "the same clock": Case(
        "Europe/Berlin",
        ["2026-10-26 15:00"],
        ["Monday 26 October, 15:00"],
        "Monday 26 October, 15:00 (Berlin time)",
        "Monday 26 October, 15:00 (Stockholm time)",
        "2026-10-26T14:00",
    ),
}


@pytest.mark.parametrize("title", CASES)
async def test_times_are_shown_and_invited_as_the_clocks_there_say(timed: TimedSite, title: str) -> None:
    case, number = CASES[title], list(CASES).index(title)
    starts = tuple(datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(MAYA)).astimezone(UTC) for at in case.starts)
    now = timed.clock.now = starts[0] - timedelta(days=7)
    maya, sam = f"maya{number}@example.org", f"sam{number}@example.org"
    await offer(timed, (maya, MAYA), (sam, case.zone), Draft("", frozenset(Medium), starts, 30), now)

    offered = await timed.email(sam, "an offer for you")
    for start in starts:
        assert moment(start, case.zone) in offered.get_body(("plain",)).get_content()

    guest = await timed.guest()
    await guest.get(link_in(offered).removeprefix(timed.base_url))
    if case.then:
        assert [moment(start, case.zone) for start in starts] == [row[: row.index(",") + 7] for row in rows(guest)]
        await guest.post("/zone", zone=case.then, back=guest.path)
    assert rows(guest) == case.shown
    await guest.post(f"{guest.path}/acceptance", start=starts[-1].isoformat(), medium="phone")
    day, clock = case.agreed.split(" (")[0].split(", ")
    assert f'datetime="{case.at}:00+00:00"' in guest.text
    assert day in guest.text
    assert clock in guest.text

    agreed, told = [await timed.email(each, "it is agreed") for each in (sam, maya)]
    assert case.agreed in agreed.get_body(("plain",)).get_content()
    assert case.told in told.get_body(("plain",)).get_content()
    assert invited(agreed) == invited(told) == datetime.fromisoformat(f"{case.at}+00:00")


async def offer(timed: TimedSite, maya: tuple[str, str], sam: tuple[str, str], draft: Draft, now: datetime) -> None:
    """Two people, each by address and zone, and the offer of the one to the other."""
    async with timed.database.writing() as connection:
        people = [
            await find_or_add_person(connection, NewPerson(name, *each), now)
            for name, each in (("Maya", maya), ("Sam", sam))
        ]
        mentorship = await find_or_add_mentorship(connection, *people, now)
        home = await make_link(connection, now, person_id=people[0].id, purpose=Purpose.HOME, path="/home")
    visitor = await visitor_by(timed.database, home, now)
    await make_offer(timed.database, visitor, mentorship, draft, OFFERED, now)


def moment(at: datetime, zone: str) -> str:
    """Saturday 24 October, 14:00, written here without the server's own dates."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def rows(guest) -> list[str]:
    """What each time that can be chosen says."""
    found = re.findall(r'<input type="radio" name="start"[^>]*>(.*?)</label>', guest.text, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", "", row)).split()) for row in found]


def invited(message: EmailMessage) -> datetime:
    """When the event of the email begins."""
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(part.get_payload(decode=True)).events
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
    assert event["DTSTART"].dt.tzinfo is UTC or str(event["DTSTART"].dt.tzinfo) == "UTC"
    start: datetime = event["DTSTART"].dt
    return start
