"""What is one's own, in real browsers: a lost link, one's language, one's calendar, one's consents."""

import re

import aiohttp
import icalendar
from playwright.async_api import Page, expect

from tests.cast import MENTOR, Fireside
from tests.smtp_server import SmtpServer, link_in

SAM = "sam@demo.invalid"


async def test_a_lost_link_comes_by_email_and_opens_home(
    fireside: Fireside, smtp_server: SmtpServer, mentee: Page
) -> None:
    await mentee.goto(fireside.base_url)
    await mentee.get_by_role("link", name="Get a new link").click()
    await mentee.get_by_label("Your email address").fill(SAM)
    await mentee.get_by_role("button", name="Send me a link").click()
    await expect(mentee.get_by_role("heading", name="Check your email")).to_be_visible()
    await mentee.goto(link_in(await smtp_server.next_email(SAM, "Your new link")))
    assert mentee.url == f"{fireside.base_url}/home"


async def test_ones_language_is_that_of_the_pages_at_once(shared_fireside: Fireside, mentee: Page) -> None:
    await mentee.goto(shared_fireside.links["mentee"])
    await mentee.get_by_role("link", name="Sam Okafor").click()
    await mentee.get_by_label("Language").select_option(label="العربية")
    await mentee.get_by_label("Phone number").fill("+44 20 7946 0123")
    await mentee.get_by_role("button", name="Save").click()
    await expect(mentee.locator("html[dir=rtl][lang=ar]")).to_have_count(1)
    await expect(mentee.get_by_role("status")).to_have_text("تم الحفظ.")
    await expect(mentee.locator("#phone")).to_have_value("+44 20 7946 0123")


async def test_a_consent_is_withdrawn_from_ones_list_and_gone_from_the_calendar(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentee.goto(shared_fireside.links["mentee"])
    await mentee.goto(f"{shared_fireside.base_url}/me")
    await mentee.get_by_role("button", name="Create an address").click()
    feed = await mentee.get_by_label("The address of your calendar").locator("input").input_value()
    assert await statuses(feed) == ["CONFIRMED"]

    await mentee.get_by_role("link", name="Your choices").click()
    entry = mentee.get_by_role("article").filter(has_text=f"Catch-up with {MENTOR}")
    await entry.locator("summary", has_text="Withdraw").click()
    await entry.get_by_role("button", name="Withdraw this consent").click()
    await expect(mentee.get_by_role("heading", name="Withdrew")).to_be_visible()
    await expect(mentee.get_by_role("button", name="Withdraw this consent")).to_have_count(0)

    await mentor.goto(shared_fireside.links["booking_mentor"])
    await expect(mentor.get_by_role("heading", name=re.compile("Called off"))).to_be_visible()
    assert await statuses(feed) == []


async def statuses(feed: str) -> list[str]:
    async with aiohttp.ClientSession() as session, session.get(feed) as response:
        return sorted(str(event["STATUS"]) for event in icalendar.Calendar.from_ical(await response.read()).events)
