"""A new host, from an empty server to the first held session of an imported pair, with nothing but the pages.

The one thing that is no page is `fireside admin create`, which prints the link of the first account. Each click, each
link that is opened and each field that is filled in is a step.
"""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from tests.cast import SURROUNDINGS, Fireside
from tests.forked import run_fireside
from tests.journeys.conftest import STOCKHOLM
from tests.journeys.seen import sees_and_hears
from tests.smtp_server import SmtpServer, link_in

TABLE = (
    "Mentor name\tMentor email\tMentee name\tMentee email\n"
    "Maya Lindqvist\tmaya@example.org\tSam Okafor\tsam@example.org"
)
# Where pictures of each page go, if somebody wants to look at them.
PICTURES = os.environ.get("NEW_HOST_PICTURES")


@dataclass
class Steps:
    """What is done, in order, and since when."""

    began: float = field(default_factory=time.monotonic)
    done: list[str] = field(default_factory=list)

    async def click(self, page: Page, name: str) -> None:
        """A button or a link."""
        found = page.get_by_role("button", name=name, exact=True)
        await self._do(page, found.or_(page.get_by_role("link", name=name, exact=True)).first.click(), f"click {name}")

    async def fill(self, page: Page, where: Locator, text: str) -> None:
        await self._do(page, where.fill(text), "fill in " + text.splitlines()[0].replace("\t", ", "))

    async def choose(self, page: Page, where: Locator, what: str) -> None:
        await self._do(page, where.check(), f"choose {what}")

    async def open(self, page: Page, link: str, what: str) -> None:
        await self._do(page, page.goto(link), f"open {what}")

    async def _do(self, page: Page, act: object, said: str) -> None:
        await self._picture(page)
        await act
        self.done.append(said)

    async def _picture(self, page: Page) -> None:
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{len(self.done):02}.png", full_page=True)


@pytest.fixture
async def first_link(tmp_path: Path, migrated: Path, smtp_server: SmtpServer) -> AsyncIterator[str]:
    """The link of the first admin of an empty server with a mail server."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    url = f"sqlite+aiosqlite:///{shutil.copy(migrated, data / 'fireside.sqlite3')}"
    house = await Fireside.serve(data, url, FIRESIDE_SMTP_URL=smtp_server.url)
    own = {"FIRESIDE_DATA": str(data), "FIRESIDE_DATABASE_URL": url, "FIRESIDE_BASE_URL": house.base_url}
    create = ("admin", "create", "hana@example.org", "--name", "Hana Host")
    done = await asyncio.to_thread(run_fireside, *create, environment=SURROUNDINGS | own)
    [link] = [word for word in done.stdout.split() if "/l/" in word]
    yield link
    await house.stop()


async def test_from_an_empty_server_to_the_first_held_session(
    first_link: str, smtp_server: SmtpServer, admin: Page, mentor: Page, mentee: Page
) -> None:
    host = Steps()
    await host.open(admin, first_link, "the link that the command printed")
    await host.click(admin, "Sign in")
    await expect(admin.get_by_role("heading", name="Welcome to Fireside")).to_be_visible()
    await host.click(admin, "Add many people")
    await host.fill(admin, admin.get_by_label("Rows from a spreadsheet"), TABLE)
    await host.click(admin, "See what becomes of it")
    await host.click(admin, "Add all of them")
    await expect(admin.get_by_text("1 pair was made.")).to_be_visible()

    people = Steps(began=host.began)
    await people.open(mentor, link_in(await smtp_server.next_email("maya@example.org")), "the mentor's welcome email")
    await people.click(mentor, "Offer a catch-up")
    start = datetime.now(ZoneInfo(STOCKHOLM)) + timedelta(minutes=5)
    await people.fill(mentor, mentor.get_by_label("Possible time 1"), f"{start:%Y-%m-%dT%H:%M}")
    await people.click(mentor, "Send offer")
    await smtp_server.next_email("sam@example.org")
    await people.open(mentee, link_in(await smtp_server.next_email("sam@example.org")), "the mentee's email")
    await people.choose(mentee, mentee.get_by_role("radio").first, "the time")
    await people.click(mentee, "Accept")
    await people.click(mentee, "Join call")
    await people.click(mentee, "Enter")
    await people.open(mentor, link_in(await smtp_server.next_email("maya@example.org")), "the mentor's next email")
    await people.click(mentor, "Join call")
    await people.click(mentor, "Enter")
    await sees_and_hears(mentor.evaluate)
    await sees_and_hears(mentee.evaluate)
    for page in (mentor, mentee):
        await people.click(page, "Leave")

    await host.click(admin, "Sessions")
    await expect(admin.get_by_role("row").filter(has_text="held")).to_contain_text("Maya Lindqvist")
    await host._picture(admin)
    print(
        f"{len(host.done)} steps of the host and {len(people.done)} of the two in {time.monotonic() - host.began:.0f} s"
    )
    print(*host.done, *people.done, sep="\n")
    assert (len(host.done), len(people.done)) <= (7, 14)
