"""A call of three after an introduction: offered, accepted, agreed to by each, held, and ended in thanks."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import DESK, new_page, to_lobby
from tests.journeys.test_accessibility import AXE, LOOK
from tests.journeys.test_guest_seat import PERSON
from tests.journeys.test_three_in_a_room import sees_and_hears
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM, ANA = "maya@demo.invalid", "sam@demo.invalid", "ana@elsewhere.invalid"


async def both_say_yes(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page, third: Page
) -> tuple[str, str]:
    """The mentor introduces Ana to Sam; the links of the mentor and of Ana to the introduction."""
    await mentor.goto(fireside.links["mentor"])
    people = mentor.locator("section", has=mentor.get_by_role("heading", name="People"))
    await people.get_by_role("link", name="Sam Okafor", exact=True).click()
    await mentor.get_by_role("link", name="Introduce Sam Okafor to somebody").click()
    await mentor.get_by_label("Their name").fill("Ana Reis")
    await mentor.get_by_label("Their email address").fill(ANA)
    await mentor.get_by_label(re.compile("^What Sam Okafor should know")).fill("She leads a kitchen.")
    await mentor.get_by_label(re.compile("^What they should know")).fill("He would like to cook.")
    await mentor.get_by_role("button", name="Propose it").click()
    for page, address in ((mentee, SAM), (third, ANA)):
        await page.goto(link_in(await smtp_server.next_email(address, "Would you like to meet somebody?")))
        await page.get_by_role("button", name="Yes, introduce us").click()
    links = {each: link_in(await smtp_server.next_email(each, "Both said yes")) for each in (SAM, ANA, MAYA)}
    return links[MAYA], links[ANA]


async def looks_right(page: Page) -> None:
    await page.evaluate(AXE.read_text())
    assert await page.evaluate(LOOK) == []


@pytest.mark.alone
async def test_three_who_said_yes_meet_in_one_call(
    fireside: Fireside, smtp_server: SmtpServer, chromium: Browser, mentor: Page, mentee: Page
) -> None:
    third = await new_page(chromium, DESK)
    # The catch-up that the two have is at about that time.
    await mentee.goto(fireside.links["booking_mentee"])
    await mentee.get_by_text("Withdraw", exact=True).click()
    await mentee.get_by_role("button", name="Withdraw from this catch-up").click()
    link, for_ana = await both_say_yes(fireside, smtp_server, mentor, mentee, third)

    await mentor.goto(link)
    await mentor.get_by_role("button", name="Offer a call of three").click()
    await expect(mentor.get_by_label("How things are with me")).to_have_value(
        "Together with Ana Reis, to whom I introduced you."
    )
    await expect(mentor.get_by_text("we ask Ana Reis whether they join")).to_be_visible()
    await looks_right(mentor)
    soon = await mentor.evaluate(
        """() => { const at = new Date(Date.now() + 180_000);
        const zone = document.querySelector('[name=typed_in]').value;
        return at.toLocaleString('sv', {timeZone: zone}).slice(0, 16).replace(' ', 'T') }"""
    )
    await mentor.locator("#starts").fill(soon)
    await mentor.get_by_role("button", name="Send offer").click()
    await expect(mentor.get_by_text("Together with Ana Reis, who is asked once Sam Okafor agrees.")).to_be_visible()

    await mentee.goto(mentor.url)
    await expect(mentee.get_by_text("Together with Ana Reis, if you agree")).to_be_visible()
    await third.goto(for_ana)
    await expect(third.get_by_role("heading", name="A call of three")).to_have_count(0)
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_text("would like Ana Reis to come to this catch-up, as guest.")).to_be_visible()
    await mentee.get_by_role("button", name="Agree", exact=True).click()
    await expect(mentee.get_by_text("We asked Ana Reis whether they join.")).to_be_visible()
    booking = re.sub(r"^.*(/bookings/\d+).*$", r"\1", mentee.url)

    await third.goto(link_in(await smtp_server.next_email(ANA, "You are invited to a catch-up")))
    await expect(third.get_by_text("both would like you to join")).to_be_visible()
    await looks_right(third)
    await third.get_by_role("button", name="Yes, I join").click()
    await expect(third.get_by_text("You join. The call opens")).to_be_visible()
    await looks_right(third)
    await mentor.goto(link)
    await expect(mentor.get_by_text("Ana Reis joins.")).to_be_visible()

    for page in (mentor, mentee):
        await to_lobby(page, f"{fireside.base_url}{booking}")
        await page.get_by_role("button", name="Enter", exact=True).click()
    await third.get_by_role("link", name="To your seat").click()
    await third.get_by_role("link", name="Go to the call").click()
    await third.get_by_role("button", name="Ask to come in", exact=True).click()
    await mentor.get_by_role("button", name="Let in", exact=True).click()
    people = {page: await page.evaluate(PERSON) for page in (mentor, mentee, third)}
    for page in people:
        await sees_and_hears(page, *(person for other, person in people.items() if other is not page))
    assert third.errors == []

    # The third person leaves for good: the two go on talking, and the introduction has its own end.
    aside = await third.context.new_page()
    await aside.goto(for_ana)
    await aside.get_by_text("I cannot come after all").click()
    await aside.get_by_role("button", name="I do not join", exact=True).click()
    await expect(aside.get_by_text("You do not join this time.")).to_be_visible()
    await expect(third.get_by_role("heading", name="You are out of the call.")).to_be_visible()
    await sees_and_hears(mentor, people[mentee])
    await aside.get_by_role("button", name="Thank you, we go on by ourselves").click()
    await expect(aside.get_by_text("You go on by yourselves")).to_be_visible()
    await smtp_server.next_email(MAYA, "Thanks for your introduction")
    await third.context.close()
