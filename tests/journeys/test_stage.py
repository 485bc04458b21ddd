"""The stage: where one's own picture stands, the whole screen, and the small window above all others."""

from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import into_call
from tests.journeys.seen import sees_and_hears, sees_tile
from tests.journeys.test_accessibility import AXE, LOOK

BOX = "document.querySelector('.self').getBoundingClientRect().toJSON()"
# A window that pages may open above all others, as a frame.
SMALL_WINDOW = """
window.documentPictureInPicture = {requestWindow: async () => {
  const frame = document.body.appendChild(document.createElement('iframe'));
  frame.id = 'small';
  frame.width = 420;
  frame.height = 320;
  frame.contentWindow.close = () => {
    frame.contentWindow.dispatchEvent(new Event('pagehide'));
    frame.remove();
  };
  return frame.contentWindow;
}};
"""


async def test_the_own_picture_is_moved_and_hidden_and_stays_so(fireside: Fireside, mentor: Page, mentee: Page) -> None:
    await into_call(fireside, mentor, mentee)
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

    await mentor.keyboard.press("f")
    await until(lambda: mentor.evaluate("document.fullscreenElement !== null"), what="the whole screen")
    await mentor.get_by_role("button", name="Leave full screen", exact=True).click()
    await until(lambda: mentor.evaluate("document.fullscreenElement === null"), what="the page again")


async def test_the_small_window_has_picture_and_buttons_and_gives_them_back(
    fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(SMALL_WINDOW)
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate, 10)
    await mentor.get_by_role("button", name="Small window", exact=True).click()
    small = mentor.frame_locator("#small")
    await expect(small.locator("video.face")).to_be_visible()
    playing = "!document.querySelector('#small').contentDocument.querySelector('video.face').paused"
    await until(lambda: mentor.evaluate(playing), what="a picture that plays on")
    await small.get_by_role("button", name="Mute", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="off")
    await mentor.get_by_role("button", name="Small window", exact=True).click()
    await expect(mentor.locator("#small")).to_have_count(0)
    await sees_and_hears(mentor.evaluate, 10)
    await mentor.get_by_role("button", name="Unmute", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="on")
