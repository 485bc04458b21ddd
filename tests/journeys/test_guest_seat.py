"""A third person in one catch-up: both agree, the guest waits, is let in, is asked to leave, and loses the seat."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import DESK, into_call, new_page
from tests.journeys.test_accessibility import AXE, LOOK
from tests.journeys.test_three_in_a_room import ENCRYPTED, sees_and_hears
from tests.smtp_server import SmtpServer, link_in

CLEO, MAYA, SAM = "cleo@elsewhere.invalid", "maya@demo.invalid", "sam@demo.invalid"
COMPANY = "#company"
PERSON = "JSON.parse(document.querySelector('#call-config').text).me.person"


async def ask_for_cleo(fireside: Fireside, page: Page) -> None:
    """The mentor asks the mentee, on the booking's page."""
    await page.goto(fireside.links["booking_mentor"])
    await page.get_by_text("Bring an interpreter, a supporter or a guest").click()
    await page.get_by_label("Their name").fill("Cleo Diaz")
    await page.get_by_label("Their email address").fill(CLEO)
    await page.get_by_role("button", name="Ask Sam Okafor", exact=True).click()
    await expect(
        page.get_by_text(re.compile(r"We asked Sam Okafor whether Cleo Diaz \(interpreter\) may come\."))
    ).to_be_visible()


async def agree_to_cleo(smtp_server: SmtpServer, page: Page) -> str:
    """The mentee agrees, by the email that asks them; returns the guest's link."""
    await page.goto(link_in(await smtp_server.next_email(SAM, "May a third person come?")))
    await expect(page.get_by_text("would like Cleo Diaz to come to this catch-up, as interpreter.")).to_be_visible()
    await page.get_by_role("button", name="Agree", exact=True).click()
    await expect(page.get_by_text("Cleo Diaz (interpreter) has a seat in this catch-up.")).to_be_visible()
    await smtp_server.next_email(MAYA, "The third person in your catch-up")
    return link_in(await smtp_server.next_email(CLEO, "You are invited to a catch-up"))


async def to_the_door(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("link", name="Go to the call").click()
    await page.get_by_role("button", name="Ask to come in", exact=True).click()
    await expect(page.get_by_text("You wait at the door.")).to_be_visible()


@pytest.mark.alone
async def test_a_guest_is_let_in_by_both_and_leaves_when_asked(
    fireside: Fireside, smtp_server: SmtpServer, chromium: Browser, mentor: Page, mentee: Page
) -> None:
    await ask_for_cleo(fireside, mentor)
    link = await agree_to_cleo(smtp_server, mentee)
    await into_call(fireside, mentor, mentee)
    guest = await new_page(chromium, DESK)
    await guest.goto(link)
    # The link's secret is not in the address any more; and the two show nothing of themselves but names and the time.
    assert re.search(r"/guests/\d+$", guest.url)
    await expect(guest.get_by_text("You are Cleo Diaz, and you come as interpreter.")).to_be_visible()
    await guest.evaluate(AXE.read_text())
    assert await guest.evaluate(LOOK) == []
    await to_the_door(guest, link)
    await guest.evaluate(AXE.read_text())
    assert await guest.evaluate(LOOK) == []
    for page in (mentor, mentee):
        door = page.locator("#guest-why")
        await expect(door).to_have_text("Cleo Diaz, interpreter, waits to come in.")
        assert await door.get_attribute("role") == "status"
        # Who waits is in no tile, and hears and sees nothing.
        assert await page.locator(".tile").count() == 1
    assert await guest.evaluate("window.fireside.pc() === null")
    await mentee.get_by_role("button", name="Not now", exact=True).click()
    await expect(guest.get_by_text("They ask you to wait a little longer.")).to_be_visible()
    await expect(mentor.locator("#guest-entry")).to_be_hidden()
    # On a phone the line that says who is there is where one lets them in then.
    await mentor.locator("#guest-removal", has_text="Let in").click()
    people = {page: await page.evaluate(PERSON) for page in (mentor, mentee, guest)}
    for page in people:
        await sees_and_hears(page, *(person for other, person in people.items() if other is not page))

        async def encrypted(page: Page = page) -> bool:
            state = await page.evaluate(ENCRYPTED)
            return bool(state == "Sound, pictures and chat are encrypted from browser to browser.")

        await until(encrypted, what="a call that is encrypted for three")
    await expect(mentor.locator(COMPANY)).to_contain_text("Cleo Diaz (interpreter)")
    await expect(guest.locator(COMPANY)).to_contain_text("With you in this call: ")
    await expect(mentee.locator("#announcer")).to_contain_text("Cleo Diaz")
    for page in (mentor, guest):
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(LOOK) == []
    for name in ("Agenda", "Notes", "Withdraw", "More time"):
        assert await guest.get_by_role("button", name=name, exact=True).count() == 0

    await mentor.get_by_role("button", name="Ask to leave", exact=True).click()
    await expect(guest.get_by_role("heading", name="You are out of the call.")).to_be_visible()
    await sees_and_hears(mentor, people[mentee])
    # Coming again means to wait again; a withdrawal in the call takes the guest out of it at once.
    await to_the_door(guest, link)
    await mentor.get_by_role("button", name="Let in", exact=True).click()
    await sees_and_hears(mentee, people[mentor], people[guest])
    aside = await mentee.context.new_page()
    await aside.goto(fireside.links["booking_mentee"])
    await aside.get_by_text("Withdraw from this", exact=True).click()
    await aside.get_by_role("button", name="End the seat").click()
    await expect(aside.get_by_text("The seat of the third person is gone. We have told them.")).to_be_visible()
    await aside.close()
    await expect(guest.get_by_role("heading", name="You are out of the call.")).to_be_visible()
    await sees_and_hears(mentor, people[mentee])
    await smtp_server.next_email(CLEO, "You do not need to come to the catch-up")
    await guest.goto(link)
    await expect(guest.get_by_role("heading", name="This seat has ended")).to_be_visible()
    assert guest.errors == []
    await guest.context.close()


async def test_a_guest_takes_their_data_back(
    fireside: Fireside, smtp_server: SmtpServer, chromium: Browser, mentor: Page, mentee: Page
) -> None:
    await ask_for_cleo(fireside, mentor)
    link = await agree_to_cleo(smtp_server, mentee)
    guest = await new_page(chromium, DESK)
    await guest.goto(link)
    await guest.get_by_text("This is not for me").click()
    await guest.get_by_role("button", name="Delete my data").click()
    await expect(guest.get_by_role("heading", name="Your data is deleted")).to_be_focused()
    await guest.goto(link)
    await expect(guest.get_by_role("heading", name="Your seat", exact=False)).to_have_count(0)
    for page in (mentor, mentee):
        await page.reload()
        await expect(page.get_by_text("The third person said that this is not for them.")).to_be_visible()
        await expect(page.get_by_text("Cleo")).to_have_count(0)
    await guest.context.close()
