"""Two people on their way into a call, each in a browser of their own."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.cast import Fireside, until
from tests.firefox import Firefox

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Where the demo's people are, so that their pages have no zone to find out.
STOCKHOLM, LONDON = "Europe/Stockholm", "Europe/London"


async def new_page(browser: Browser, viewport: dict[str, int], zone: str = STOCKHOLM) -> Page:
    """A page in a browser context of its own: own cookies, own devices. A script's error fails the test."""
    context = await browser.new_context(viewport=viewport, timezone_id=zone)
    page = await context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


@pytest.fixture
async def mentor(chromium: Browser) -> AsyncIterator[Page]:
    page = await new_page(chromium, DESK)
    yield page
    await page.context.close()
    assert page.errors == []


@pytest.fixture
async def mentee(chromium: Browser) -> AsyncIterator[Page]:
    page = await new_page(chromium, PHONE, LONDON)
    yield page
    await page.context.close()
    assert page.errors == []


@pytest.fixture
async def admin(chromium: Browser) -> AsyncIterator[Page]:
    page = await new_page(chromium, DESK)
    yield page
    await page.context.close()


async def to_lobby(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Join call", exact=True).click()
    await page.get_by_role("button", name="Enter", exact=True).wait_for()


async def into_call(fireside: Fireside, mentor: Page, mentee: Page) -> None:
    """Both from their booking links into the call."""
    for page, link in ((mentor, "booking_mentor"), (mentee, "booking_mentee")):
        await to_lobby(page, fireside.links[link])
    for page in (mentor, mentee):
        await page.get_by_role("button", name="Enter", exact=True).click()


async def firefox_into_call(fireside: Fireside, firefox: Firefox, mentee: Page) -> None:
    """The mentor with Firefox, and the mentee."""
    await firefox.goto(fireside.links["booking_mentor"])
    await firefox.press("Join call")

    async def in_lobby() -> bool:
        return bool(await firefox.evaluate("Boolean(window.fireside?.pc()?.localDescription)"))

    await until(in_lobby, what="Firefox's lobby")
    await to_lobby(mentee, fireside.links["booking_mentee"])
    await firefox.press("Enter")
    await mentee.get_by_role("button", name="Enter", exact=True).click()
