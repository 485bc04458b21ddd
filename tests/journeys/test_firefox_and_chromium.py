"""Firefox and Chromium meet: payload types and header extensions differ, and are mapped both ways."""

from playwright.async_api import Page

from tests.cast import Fireside
from tests.firefox import Firefox
from tests.journeys.conftest import firefox_into_call
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile


async def test_each_sees_and_hears_the_other(fireside: Fireside, firefox: Firefox, mentee: Page) -> None:
    await firefox_into_call(fireside, firefox, mentee)

    await sees_and_hears(mentee.evaluate)
    await sees_and_hears(firefox.evaluate)

    await firefox.press("Mute")
    await sees_tile(mentee.evaluate, microphone="off")
    await mentee.get_by_role("button", name="Stop camera", exact=True).click()
    await sees_tile(firefox.evaluate, camera="off")
    await firefox.press("Leave")
    await sees_no_tile(mentee.evaluate)
