"""The end of the web process does not stop a call: the relay goes on, and the next web process takes it over."""

from playwright.async_api import Page, expect

from tests.cast import Fireside, free_port
from tests.journeys.conftest import forget_the_outage, into_call, sign_in
from tests.journeys.seen import sees_and_hears, sees_no_tile

LOST = """(async () => {
  let lost = 0;
  for (const report of (await window.fireside.pc().getStats()).values())
    if (report.type === "inbound-rtp") lost += report.packetsLost;
  return lost;
})()"""


async def terminated(fireside: Fireside) -> None:
    fireside.process.terminate()
    assert await fireside.process.wait() == 0


async def test_media_goes_on_and_the_page_comes_back(tmp_path, mentor: Page, mentee: Page, admin: Page) -> None:
    """Once it ends by itself, and once it is killed."""
    port = str(free_port())
    fireside = await Fireside.start(tmp_path / "data", port=port)
    try:
        await into_call(fireside, mentor, mentee)
        await sees_and_hears(mentor.evaluate)
        relay = fireside.relay_pids()
        lost = await mentor.evaluate(LOST)
        connection = await mentor.evaluate_handle("window.fireside.pc()")
        for end in (terminated, Fireside.kill):
            await end(fireside)
            await expect(mentor.locator("#banner")).not_to_be_empty()
            await sees_and_hears(mentor.evaluate, frames=8)

            fireside = await Fireside.start(fireside.data, port=port)
            for page in (mentor, mentee):
                await expect(page.locator("#banner")).to_be_empty()
            assert fireside.relay_pids() == relay
            assert await mentor.evaluate("(before) => window.fireside.pc() === before", connection)
            await sees_and_hears(mentee.evaluate, frames=8)
            assert await mentor.evaluate(LOST) == lost

        await mentor.get_by_role("button", name="Leave", exact=True).click()
        await sees_no_tile(mentee.evaluate)
        await sign_in(admin, fireside.links["admin"])
        await admin.get_by_role("row").filter(has_text="held").get_by_role("link").click()
        await expect(admin.get_by_role("cell", name="left", exact=True)).to_have_count(1)
        await expect(admin.get_by_role("cell", name="still in the call", exact=True)).to_have_count(1)
    finally:
        await fireside.stop()
        forget_the_outage(mentor, mentee, admin)
