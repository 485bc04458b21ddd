"""Two people on their way into a call, each in a browser of their own."""

import re
from collections.abc import AsyncIterator
from weakref import WeakSet

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response

from tests.cast import PATIENCE_S, Fireside, until
from tests.firefox import Firefox

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Where the demo's people are, so that their pages have no zone to find out.
STOCKHOLM, LONDON = "Europe/Stockholm", "Europe/London"
ANSWER = "Failed to load resource: the server responded"
WITHOUT_SERVER: "WeakSet[Page]" = WeakSet()
OUTAGE = re.compile(r"net::ERR_|WebSocket connection to")


async def new_page(browser: Browser, viewport: dict[str, int], zone: str = STOCKHOLM) -> Page:
    """A page in a browser context of its own: own cookies, own devices.

    `errors` are those of its scripts, and what its console shows in red: a test fails when there are any.
    """
    context = await browser.new_context(viewport=viewport, timezone_id=zone)
    context.set_default_timeout(1000 * PATIENCE_S)
    page = await context.new_page()
    page.errors = errors_of(page)
    return page


def errors_of(page: Page) -> list[str]:
    """What goes wrong in the page's scripts and what its console shows in red, from now on.

    That a form was refused is no error of the page, though browsers say it of the answer, which is a page of its own.
    """
    errors: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        excused = said.text.startswith(ANSWER) or (page in WITHOUT_SERVER and OUTAGE.search(said.text))
        if said.type == "error" and not excused:
            errors.append(said.text)

    def look(answer: Response) -> None:
        if answer.status >= 400 and answer.request.resource_type != "document":
            errors.append(f"{answer.status} {answer.url}")

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", hear)
    page.on("response", look)
    return errors


def forget_the_outage(*pages: Page) -> None:
    """What a browser says of a server that the test itself takes away, until now and later, is no error of the page."""
    for page in pages:
        WITHOUT_SERVER.add(page)
        page.errors[:] = [error for error in page.errors if not OUTAGE.search(error)]


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
    assert page.errors == []


async def sign_in(page: Page, link: str) -> None:
    """By a link that works once; then to the sessions."""
    await page.goto(link)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("link", name="Sessions").click()
    await page.wait_for_url("**/history")


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
