"""Leaving and coming back, and withdrawing while the call runs."""

import pytest
from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import forget_the_outage, into_call
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile


async def test_a_muted_person_who_leaves_and_enters_again_is_still_muted(
    fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentee.evaluate, frames=10)
    await mentor.get_by_role("button", name="Mute", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="off")
    await mentor.get_by_role("button", name="Leave", exact=True).click()
    await sees_no_tile(mentee.evaluate)
    await mentor.get_by_role("button", name="Enter again", exact=True).click()
    await sees_tile(mentee.evaluate, here="in", microphone="off", camera="on")
    await expect(mentor.get_by_role("button", name="Unmute", exact=True)).to_be_visible()


# When the far side's picture last had a new frame.
WATCH_FRAMES = """(() => {
  const video = document.querySelector("video.face[data-peer]");
  const note = () => { window.lastFrame = Date.now(); video.requestVideoFrameCallback(note); };
  video.requestVideoFrameCallback(note);
})()"""
# Kept when the press leads to another page.
NOTE_PRESS = "addEventListener('click', () => { sessionStorage.pressed = Date.now(); }, true)"
WITHIN_MS = 1000


async def withdraw(page: Page, button: str, watched: tuple[Page, ...]) -> None:
    """Presses the button; all watched have seen the other's last frame within a second, and are out of the call."""
    for each in watched:
        await each.evaluate("window.lastFrame = 0")
        await each.evaluate(WATCH_FRAMES)
        await until(lambda each=each: each.evaluate("window.lastFrame"), what="a frame")
    await page.evaluate(NOTE_PRESS)
    await page.get_by_role("button", name=button, exact=True).last.click()
    for each in watched:
        await expect(each.locator(".goodbye")).to_be_visible(timeout=2000)
        assert await each.evaluate("window.fireside.pc()") is None
    pressed = float(await page.evaluate("sessionStorage.pressed"))
    last = [await each.evaluate("window.lastFrame") - pressed for each in watched]
    print("the last frames after the press, in ms:", [round(after) for after in last])
    assert max(last) < WITHIN_MS


@pytest.mark.alone
async def test_withdrawing_takes_both_out_of_the_running_call(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    """W2 in small: consent withdrawn in another tab; both calls end, and the call cannot be entered again."""
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate, frames=10)
    tab = await mentee.context.new_page()
    await tab.goto(shared_fireside.links["booking_mentee"])
    await tab.get_by_text("Withdraw", exact=True).click()
    await withdraw(tab, "Withdraw from this catch-up", (mentor,))
    await expect(tab.get_by_role("heading", name="Called off")).to_be_visible()
    for page in (mentor, mentee):
        await expect(page.locator("#goodbye-why")).to_contain_text("was called off", timeout=2000)
    await mentor.reload()
    await expect(mentor.get_by_text("there is no call to join")).to_be_visible()


async def open_withdrawal(page: Page) -> None:
    await page.get_by_role("button", name="Withdraw", exact=True).click()


@pytest.mark.alone
async def test_withdrawing_from_within_the_call_takes_both_out_and_says_so(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await into_call(shared_fireside, mentor, mentee)
    for page in (mentor, mentee):
        await sees_and_hears(page.evaluate, frames=10)
    await open_withdrawal(mentee)
    await mentee.get_by_role("button", name="Stay", exact=True).click()

    # Where it cannot be kept, one is out all the same, and is told so.
    await mentee.route("**/withdrawal", lambda route: route.abort())
    await open_withdrawal(mentee)
    await withdraw(mentee, "Withdraw", (mentee,))
    await expect(mentee.get_by_text("We could not save your withdrawal.")).to_be_visible()
    await mentee.unroute("**/withdrawal")
    forget_the_outage(mentee)
    await mentee.get_by_role("button", name="Enter again", exact=True).click()
    await sees_and_hears(mentor.evaluate, frames=10)

    await open_withdrawal(mentee)
    await mentee.get_by_label("Words for Maya Lindqvist").fill("Not today.")
    await withdraw(mentee, "Withdraw", (mentor, mentee))
    await expect(mentee.get_by_text("You withdrew, so this catch-up is called off.")).to_be_visible()
    await expect(mentor.get_by_text("This catch-up was called off or moved.")).to_be_visible()
    await mentor.get_by_role("link", name="Back to the catch-up").last.click()
    await expect(mentor.get_by_text("Not today.")).to_be_visible()
