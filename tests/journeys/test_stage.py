"""The stage: where one's own picture stands, and the whole screen."""

from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import into_call
from tests.journeys.seen import sees_and_hears, sees_tile
from tests.journeys.test_accessibility import AXE, LOOK

BOX = "document.querySelector('.self').getBoundingClientRect().toJSON()"


async def test_the_own_picture_is_moved_and_hidden_and_stays_so(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await into_call(shared_fireside, mentor, mentee)
    await sees_tile(mentor.evaluate, here="in")
    own = mentor.locator(".self")
    box = await mentor.evaluate(BOX)
    assert (box["left"] > 640, box["top"] > 400) == (True, True)
    await mentor.mouse.move(box["left"] + 50, box["top"] + 80)
    await mentor.mouse.down()
    await mentor.mouse.move(200, 200, steps=5)
    await mentor.mouse.up()
    await expect(own).to_have_attribute("data-corner", "top-start")
    box = await mentor.evaluate(BOX)
    assert (box["right"] < 640, box["bottom"] < 400) == (True, True)
    # By keyboard.
    await mentor.get_by_role("button", name="Move your own picture to another corner", exact=True).press("Enter")
    await expect(own).to_have_attribute("data-corner", "top-end")
    await mentor.get_by_role("button", name="Hide your own picture", exact=True).press("Enter")
    await expect(mentor.locator("video[data-self]")).to_be_hidden()
    await sees_and_hears(mentee.evaluate, 10)
    await mentor.reload()
    await mentor.get_by_role("button", name="Enter", exact=True).click()
    await expect(mentor.locator("video[data-self]")).to_be_hidden()
    await mentor.get_by_role("button", name="Show your own picture", exact=True).click()
    await expect(mentor.locator("video[data-self]")).to_be_visible()
    await mentor.evaluate(AXE.read_text())
    assert await mentor.evaluate(LOOK) == []

    # The small window has picture, 'Mute' and 'Leave', and goes with the call; the sound stays with the page.
    async with mentor.context.expect_page() as opening:
        await mentor.get_by_role("button", name="Small window above other programs", exact=True).click()
    small = await opening.value
    await until(lambda: small.evaluate("document.querySelector('.face')?.videoWidth > 0"), what="a picture there")
    assert await small.evaluate("[...document.querySelectorAll('video')].every(({muted}) => muted)")
    await expect(small.locator(".tile .name")).to_have_text("Sam Okafor")
    await small.evaluate(AXE.read_text())
    assert await small.evaluate(LOOK) == []
    await small.get_by_role("button", name="Mute", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="off")
    await expect(small.get_by_role("button", name="Unmute", exact=True)).to_be_visible()
    await mentee.get_by_role("button", name="Stop camera", exact=True).click()
    await until(lambda: small.evaluate("document.querySelector('.tile').dataset.camera === 'off'"), what="no camera")

    await mentor.keyboard.press("f")
    await until(lambda: mentor.evaluate("document.fullscreenElement !== null"), what="the whole screen")
    await mentor.get_by_role("button", name="Leave full screen", exact=True).click()
    await until(lambda: mentor.evaluate("document.fullscreenElement === null"), what="the page again")
    async with small.expect_event("close"):
        await small.get_by_role("button", name="Leave", exact=True).click()
    await expect(mentor.get_by_role("heading", name="Thank you for meeting.")).to_be_visible()
