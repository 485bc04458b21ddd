"""Free times on the page when the clocks change: nine stays nine, and no time is suggested that does not exist."""

import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web

from server.app import make_app
from server.availability.rules import DayHours
from server.availability.store.hours import replace_hours
from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose
from server.web.keys import CLOCK, DATABASE
from tests.server.site import Site


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
async def clock() -> Clock:
    return Clock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
async def timed_place(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> AsyncIterator[Site]:
    """The application, where it is as late as the clock says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        given = {"data": str(tmp_path_factory.mktemp("timed")), "base_url": base_url, "media_port": "0", "relays": "1"}
        settings = read_settings({}, given=given)
        database = Database(settings.database_url)
        await migrate(database)
        app = make_app(settings)
        app[CLOCK] = clock
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listening.setblocking(False)
        await web.SockSite(runner, listening).start()
        site = Site(base_url, app[DATABASE])
        yield site
        for session in site.sessions:
            await session.close()
        await runner.cleanup()
        await database.close()


# Zone, day, hours of that day (from, until), length, and what is suggested: as it is typed there, and in UTC.
TABLE = [
    # Forward by an hour: half past two does not exist; an hour from half past one ends at half past three.
    ("Europe/Stockholm", "2027-03-28", 1, 4, 60, ["01:00 00:00", "01:30 00:30", "03:00 01:00"]),
    ("Europe/Stockholm", "2027-03-27", 1, 3, 60, ["01:00 00:00", "01:30 00:30", "02:00 01:00"]),
    # Back by an hour: two o'clock is the first of the two, and 90 minutes from it pass within the hours.
    ("Europe/Stockholm", "2026-10-25", 1, 4, 90, ["01:00 23:00", "01:30 23:30", "02:00 00:00", "02:30 00:30"]),
    ("America/New_York", "2026-11-01", 0, 2, 60, ["00:00 04:00", "00:30 04:30", "01:00 05:00", "01:30 05:30"]),
    ("America/New_York", "2027-03-14", 1, 4, 60, ["01:00 06:00", "01:30 06:30", "03:00 07:00"]),
    # Forward by half an hour, back by half an hour.
    ("Australia/Lord_Howe", "2026-10-04", 1, 4, 60, ["01:00 14:30", "01:30 15:00", "02:30 15:30", "03:00 16:00"]),
    # A zone of half an hour, and two without any change.
    ("Asia/Kolkata", "2026-10-25", 9, 10, 30, ["09:00 03:30", "09:30 04:00"]),
    ("America/Phoenix", "2026-11-01", 9, 10, 30, ["09:00 16:00", "09:30 16:30"]),
    ("Africa/Lagos", "2027-03-28", 9, 10, 30, ["09:00 08:00", "09:30 08:30"]),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day", "begins", "ends", "minutes", "expected"), TABLE)
async def test_suggested_times_exist_and_stay_within_the_hours(
    timed_place: Site, clock: Clock, zone: str, day: str, begins: int, ends: int, minutes: int, expected: list[str]
) -> None:
    at = date.fromisoformat(day)
    clock.now = datetime(at.year, at.month, at.day, tzinfo=UTC) - timedelta(days=7)
    async with timed_place.database.writing() as connection:
        maya, sam = [
            await find_or_add_person(connection, NewPerson(name, f"{name}-{zone}-{day}@example.org", zone), clock.now)
            for name in ("Maya", "Sam")
        ]
        mentorship_id = await find_or_add_mentorship(connection, maya, sam, clock.now)
        await replace_hours(connection, maya.id, [], [DayHours(at, begins * 60, ends * 60)])
        secret = await make_link(connection, clock.now, person_id=maya.id, purpose=Purpose.HOME, path="/home")
    mentor = await timed_place.guest(secret)
    await mentor.get(f"/mentorships/{mentorship_id}/offers/new")
    shown = re.findall(
        r'data-longest="(\d+)"[^>]*>\s*<input type="checkbox" name="starts" value="([^"]*)"', mentor.text
    )
    typed = [start for longest, start in shown if int(longest) >= minutes]
    assert [start.partition("T")[2] for start in typed] == [each.split()[0] for each in expected]

    await mentor.post(f"/mentorships/{mentorship_id}/offers", note="", media="video", minutes=minutes, starts=typed[:5])
    offered = re.findall(r'datetime="\d+-\d+-\d+T(\d\d:\d\d)', mentor.text.partition("<main")[2])
    assert offered[: len(typed)] == [each.split()[1] for each in expected]
