"""The time of a call: a quiet clock, five minutes left, and more time by agreement."""

import math
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from tests.cast import PATIENCE_S, Fireside
from tests.journeys.conftest import into_call
from tests.journeys.test_kept_together import AXE, FAULTS


def end_in(fireside: Fireside, minutes: float, seconds: float = 0) -> None:
    """Moves the demo's catch-up, so that it ends then; its open pages look again within seconds."""
    with closing(sqlite3.connect(fireside.data / "fireside.sqlite3", timeout=30)) as database, database:
        [(booking, length)] = database.execute(
            "SELECT id, minutes + extra_minutes FROM bookings ORDER BY id DESC LIMIT 1"
        )
        start = datetime.now(UTC) + timedelta(minutes=minutes - length, seconds=seconds)
        text = start.strftime("%Y-%m-%d %H:%M:%S.%f")
        database.execute("UPDATE bookings SET start = ? WHERE id = ?", (text, booking))


def end_of(fireside: Fireside) -> datetime:
    """When the demo's catch-up ends, with what was agreed on top."""
    with closing(sqlite3.connect(fireside.data / "fireside.sqlite3", timeout=30)) as database:
        [(start, length)] = database.execute(
            "SELECT start, minutes + extra_minutes FROM bookings ORDER BY id DESC LIMIT 1"
        )
    return datetime.fromisoformat(start).replace(tzinfo=UTC) + timedelta(minutes=length)


async def shows_what_is_left(page: Page, fireside: Fireside) -> None:
    """Waits until the clock counts down to the catch-up's end, however long the steps before took."""
    end = end_of(fireside)
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE_S)
    while True:
        most = math.ceil((end - datetime.now(UTC)) / timedelta(minutes=1))
        text = await page.locator("#clock").inner_text()
        least = math.ceil((end - datetime.now(UTC)) / timedelta(minutes=1))
        minutes = re.fullmatch(r"(\d+) min left", text)
        if minutes and least <= int(minutes[1]) <= most:
            return
        assert datetime.now(UTC) < deadline, f"the clock shows {text!r}, {least} to {most} minutes are left"
        await page.wait_for_timeout(100)


async def press(page: Page, name: str) -> None:
    """A button of the bar; on a phone it may be in a menu."""
    button = page.get_by_role("button", name=name, exact=True)
    if not await button.is_visible():
        await page.get_by_role("button", name="More", exact=True).click()
    await button.click()


async def test_both_see_the_time_and_agree_on_more(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    end_in(shared_fireside, 12, 30)
    await into_call(shared_fireside, mentor, mentee)
    for page in (mentor, mentee):
        await shows_what_is_left(page, shared_fireside)
        await expect(page.locator("#time-why")).to_be_empty()
    end_in(shared_fireside, 4, 30)
    for page in (mentor, mentee):
        said = page.get_by_role("status").filter(has_text="Five minutes left.")
        await expect(said).to_be_visible()
        await shows_what_is_left(page, shared_fireside)
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(FAULTS, ".call") == []
    await press(mentor, "OK")
    await expect(mentor.locator("#time-why")).to_be_empty()

    await press(mentee, "More time")
    await expect(mentee.locator("#time-why")).to_have_text("We asked Maya Lindqvist for 15 minutes more.")
    await expect(mentor.locator("#time-why")).to_have_text("Sam Okafor would like 15 minutes more.")
    await press(mentor, "Not now")
    await expect(mentee.locator("#time-why")).to_have_text("Maya Lindqvist would rather end as planned.")
    await expect(mentor.locator("#time-why")).to_be_empty()

    planned = end_of(shared_fireside)
    await press(mentor, "More time")
    await expect(mentee.locator("#time-why")).to_have_text("Maya Lindqvist would like 15 minutes more.")
    await press(mentee, "15 minutes more")
    for page in (mentor, mentee):
        await expect(page.locator("#time-why")).to_contain_text("More time: until ")
        await shows_what_is_left(page, shared_fireside)
    assert end_of(shared_fireside) - planned == timedelta(minutes=15)

    end_in(shared_fireside, -1)
    for page in (mentor, mentee):
        await expect(page.locator("#clock")).to_contain_text("Planned until")
        await expect(page.locator("#time-why")).to_contain_text("The planned time is over. Nobody cuts you off")
    await press(mentor, "OK")
    await expect(mentor.locator("#time-why")).to_be_empty()


async def test_nobody_is_cut_off_in_mid_sentence(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    """Long after its end the call goes on, also for who loads the page again; it ends when one of them has left."""
    await into_call(shared_fireside, mentor, mentee)
    await expect(mentee.locator("#stage")).to_contain_text("Maya Lindqvist")
    end_in(shared_fireside, -61)
    await expect(mentor.locator("#clock")).to_contain_text("Planned until")
    await mentee.reload()
    await mentee.get_by_role("button", name="Enter", exact=True).click()
    await expect(mentee.locator("#stage")).to_contain_text("Maya Lindqvist")
    for page in (mentor, mentee):
        await expect(page.get_by_role("button", name="Leave", exact=True)).to_be_visible()
