"""Firefox and Chromium meet: payload types and header extensions differ, and are mapped both ways.

The call is encrypted from browser to browser; Firefox takes no redundant audio, so the relay unwraps Chromium's.
"""

from playwright.async_api import Page

from tests.cast import Fireside, until
from tests.firefox import Firefox
from tests.journeys.conftest import firefox_into_call
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile

PICTURES = "[...document.querySelectorAll('.safety-words li')].map((each) => each.textContent)"
STATE = "document.querySelector('#encryption-state').textContent"


async def test_each_sees_and_hears_the_other(shared_fireside: Fireside, firefox: Firefox, mentee: Page) -> None:
    await firefox_into_call(shared_fireside, firefox, mentee)

    await sees_and_hears(mentee.evaluate)
    await sees_and_hears(firefox.evaluate)
    await until(lambda: mentee.evaluate(f"{PICTURES}.length === 4"), what="four pictures")
    assert await firefox.evaluate(PICTURES) == await mentee.evaluate(PICTURES)
    for evaluate in (firefox.evaluate, mentee.evaluate):
        assert await evaluate(STATE) == "Sound, pictures and chat are encrypted from browser to browser."

    await firefox.press("Mute")
    await sees_tile(mentee.evaluate, microphone="off")
    await mentee.get_by_role("button", name="Stop camera", exact=True).click()
    await sees_tile(firefox.evaluate, camera="off")
    await firefox.press("Leave")
    await sees_no_tile(mentee.evaluate)
