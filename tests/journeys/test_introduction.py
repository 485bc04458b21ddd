"""An introduction from all three sides: the mentor proposes it, two people say yes apart, and go on by themselves."""

import re

from playwright.async_api import Browser, Page, expect

from tests.cast import Fireside, until
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM, ANA = "maya@demo.invalid", "sam@demo.invalid", "ana@elsewhere.invalid"


async def test_two_people_meet_through_a_mentor(
    fireside: Fireside, smtp_server: SmtpServer, chromium: Browser, mentor: Page, mentee: Page
) -> None:
    await mentor.goto(fireside.links["mentor"])
    people = mentor.locator("section", has=mentor.get_by_role("heading", name="People"))
    await people.get_by_role("link", name="Sam Okafor", exact=True).click()
    await mentor.get_by_role("link", name="Introduce Sam Okafor to somebody").click()
    await mentor.get_by_label("Their name").fill("Ana Reis")
    await mentor.get_by_label("Their email address").fill(ANA)
    await mentor.get_by_label(re.compile("^What Sam Okafor should know")).fill("She leads a kitchen.")
    await mentor.get_by_label(re.compile("^What they should know")).fill("He would like to cook.")
    await mentor.get_by_role("button", name="Propose it").click()
    await expect(mentor.get_by_text("bring Sam Okafor and Ana Reis together")).to_be_visible()
    # What was written keeps its lines.
    await expect(mentor.get_by_text("She leads a kitchen.")).to_have_css("white-space", "pre-line")

    asked = "Would you like to meet somebody?"
    for_sam, for_ana = [await smtp_server.next_email(each, asked) for each in (SAM, ANA)]
    texts = [each.get_body(("plain",)).get_content() for each in (for_sam, for_ana)]
    assert ["> She leads a kitchen." in texts[0], "> He would like to cook." in texts[1]] == [True, True]
    assert not any(hidden in texts[0] for hidden in ("Ana", ANA))
    assert not any(hidden in texts[1] for hidden in ("Sam", SAM))

    await mentee.goto(link_in(for_sam))
    await mentee.get_by_role("button", name="Yes, introduce us").click()
    await expect(mentee.get_by_text("You said yes.")).to_be_visible()
    await expect(mentee.get_by_text(ANA)).to_have_count(0)

    third = await chromium.new_page()
    await third.goto(link_in(for_ana))
    await expect(third.get_by_text("He would like to cook.")).to_be_visible()
    await third.get_by_role("button", name="No, thank you").click()
    await expect(third.get_by_text("You said no, and nobody is told.")).to_be_visible()
    for page in (mentor, mentee):
        await page.reload()
    await expect(mentor.get_by_text("you see here once both have said yes")).to_be_visible()
    await expect(mentee.get_by_text("You said yes.")).to_be_visible()

    await third.get_by_role("button", name="Yes, introduce us").click()
    await expect(third.get_by_role("link", name=SAM)).to_have_attribute("href", f"mailto:{SAM}")
    met = [await smtp_server.next_email(each, "Both said yes") for each in (SAM, ANA, MAYA)]
    await mentee.goto(link_in(met[0]))
    await expect(mentee.get_by_role("link", name=ANA)).to_have_attribute("href", f"mailto:{ANA}")
    await mentor.goto(link_in(met[2]))
    await expect(mentor.get_by_text("Both said yes.")).to_be_visible()
    await expect(mentor.get_by_role("button", name="Offer Sam Okafor a catch-up")).to_be_visible()

    await third.get_by_role("button", name="Thank you, we go on by ourselves").click()
    await expect(third.get_by_text("You go on by yourselves")).to_be_visible()
    await smtp_server.next_email(MAYA, "Thanks for your introduction")
    await mentee.reload()
    await mentee.get_by_role("button", name="Take my yes back").click()
    await expect(mentee.get_by_text("This introduction has ended.")).to_be_visible()
    await mentee.reload()
    await expect(mentee.get_by_text("This introduction has ended.")).to_be_visible()
    await expect(mentee.locator("a[href^=mailto]")).to_have_count(0)

    async def third_is_unknown() -> bool:
        answer = await third.reload()
        return answer is not None and answer.status == 404

    # Ana was known through this alone: as it is over, a job erases her.
    await until(third_is_unknown, what="that Ana is erased")
    await expect(third.get_by_role("heading", name="There is nothing here")).to_be_visible()
    await expect(third.locator("a[href^=mailto]")).to_have_count(0)
    await third.close()
