"""Leaving and coming back, and withdrawing while the call runs."""

from playwright.async_api import Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import into_call
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


async def test_withdrawing_takes_both_out_of_the_running_call(fireside: Fireside, mentor: Page, mentee: Page) -> None:
    """W2 in small: consent withdrawn in another tab; both calls end, and the call cannot be entered again."""
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate, frames=10)
    tab = await mentee.context.new_page()
    await tab.goto(fireside.links["booking_mentee"])
    await tab.get_by_text("Withdraw", exact=True).click()
    await tab.get_by_role("button", name="Withdraw from this catch-up", exact=True).click()
    await expect(tab.get_by_role("heading", name="Called off")).to_be_visible()
    for page in (mentor, mentee):
        await expect(page.get_by_text("was called off")).to_be_visible(timeout=2000)
        assert await page.evaluate("window.fireside.pc()") is None
    await mentor.reload()
    await expect(mentor.get_by_text("there is no call to join")).to_be_visible()
