"""An agreed end: both tick what they agree to, either strikes a line out, and who wishes gets the record by email."""

from playwright.async_api import Locator, Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import into_call
from tests.journeys.test_kept_together import AXE, FAULTS, add, opened
from tests.journeys.test_time import end_in, press
from tests.smtp_server import SmtpServer

ASK, CALL = "Ask at the library", "Call Jo"


def tick(page: Page, text: str) -> Locator:
    return page.get_by_role("list", name="What we agreed").get_by_label(text, exact=True)


async def test_both_agree_on_the_end_and_get_the_same_record(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    await into_call(fireside, mentor, mentee)
    await expect(mentee.locator("#stage")).to_contain_text("Maya Lindqvist")
    await opened(mentee, "Notes")
    await add(mentee, "New action", ASK, CALL)
    await mentee.get_by_role("button", name="Close the notes", exact=True).click()
    end_in(fireside, 4, 30)
    for page in (mentor, mentee):
        await expect(page.locator("#time-why")).to_contain_text("Five minutes left.")
        await page.locator("#time-yes").click()
        await expect(page.get_by_role("heading", name="What we agreed")).to_be_visible()
        await expect(tick(page, ASK)).not_to_be_checked()
    await tick(mentor, ASK).check()
    await expect(mentee.get_by_text("Maya Lindqvist agrees", exact=True)).to_be_visible()
    await expect(mentee.locator("#room-says")).to_have_text(f"Maya Lindqvist agrees: {ASK}")
    await tick(mentee, ASK).check()
    await tick(mentee, CALL).check()
    await expect(mentor.get_by_text("Sam Okafor agrees", exact=True)).to_have_count(2)
    await mentor.get_by_role("button", name=f"Strike out: {CALL}").click()
    await expect(mentee.locator("#room-says")).to_have_text(f"Maya Lindqvist struck out: {CALL}")
    await expect(tick(mentee, CALL)).to_be_disabled()
    for page in (mentor, mentee):
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(FAULTS, ".controls, .panel") == []
        await page.get_by_label("Email me this record when we have ended").check()
        await expect(page.locator("#record-says")).to_contain_text("We email it to you")

    for page in (mentor, mentee):
        await page.get_by_role("button", name="Close what we agreed", exact=True).click()
        await press(page, "Leave")
    end_in(fireside, -1)
    records = [
        await smtp_server.next_email(address, "what you agreed")
        for address in ("maya@demo.invalid", "sam@demo.invalid")
    ]
    lines = [
        [line for line in record.get_body(("plain",)).get_content().splitlines() if line.startswith("  - ")]
        for record in records
    ]
    assert lines == [[f"  - {ASK} (both of you)"]] * 2

    await mentee.get_by_role("link", name="What we agreed").click()
    await expect(tick(mentee, ASK)).to_be_checked()

    async def said() -> bool:
        await mentee.reload()
        return await mentee.get_by_text("The record was emailed to you.").is_visible()

    await until(said, what="that it was sent")
    await mentee.evaluate(AXE.read_text())
    assert await mentee.evaluate(FAULTS, "html") == []


async def test_the_next_one_is_offered_after_the_call(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await into_call(shared_fireside, mentor, mentee)
    await expect(mentor.locator("#stage")).to_contain_text("Sam Okafor")
    await press(mentor, "Leave")
    await mentor.get_by_role("link", name="Offer the next catch-up").click()
    await expect(mentor.get_by_role("heading", name="Offer Sam Okafor a catch-up")).to_be_visible()
    await expect(mentor.locator("[name=starts]").first).not_to_have_value("")
