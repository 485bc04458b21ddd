"""A scheme from its making to somebody who leaves it, in real browsers, with emails from a real mail server."""

from playwright.async_api import Browser, Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import DESK, PHONE, new_page
from tests.smtp_server import SmtpServer, link_in


async def signs_up(page: Page, address: str, role: str, name: str, email: str) -> None:
    """By the public page; the fields of the other role are not there."""
    await page.goto(address)
    await page.get_by_role("link", name="Sign up").click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Your email address").fill(email)
    await page.get_by_label(role).check()
    mentor = role.startswith("As a mentor")
    await expect(page.get_by_role("group", name="What you look for")).to_be_visible(visible=not mentor)
    topics = page.get_by_role("group", name="What you bring" if mentor else "What you look for")
    await topics.get_by_label("Writing").check()
    await page.get_by_label("Tuesday, from").first.fill("18:00")
    await page.get_by_label("Tuesday, until").first.fill("20:00")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Check your email")).to_be_visible()


async def confirms(page: Page, smtp_server: SmtpServer, email: str) -> None:
    told = await smtp_server.next_email(email, "Please confirm")
    await page.goto(link_in(told))
    await page.get_by_role("button", name="Yes, I would like to take part").click()
    await expect(page.get_by_text("You asked to take part.")).to_be_visible()


async def test_two_people_come_into_a_new_scheme_and_one_leaves(
    chromium: Browser, fireside: Fireside, smtp_server: SmtpServer
) -> None:
    admin, mentor, mentee = [await new_page(chromium, size) for size in (DESK, DESK, PHONE)]
    await admin.goto(fireside.links["admin"])
    await admin.get_by_role("button").first.click()
    await admin.get_by_role("link", name="Schemes").click()
    await admin.get_by_role("link", name="Make a scheme").click()
    await admin.get_by_label("Name of the scheme").fill("First Job")
    await admin.get_by_label("Address of its page").fill("first-job")
    await admin.get_by_label("What it is", exact=True).fill("Mentors for those who look for a first job.")
    await admin.get_by_label("Teal").check()
    await admin.get_by_label("Its page is public").check()
    await admin.get_by_role("button", name="Make the scheme").click()
    await expect(admin.get_by_text("Nobody waits for your decision.")).to_be_visible()
    address = await admin.get_by_role("link", name="/s/first-job").get_attribute("href")

    await signs_up(mentor, fireside.base_url + address, "As a mentor", "Mona Lind", "mona@example.org")
    await signs_up(mentee, fireside.base_url + address, "As a mentee", "Niko Berg", "niko@example.org")
    await confirms(mentor, smtp_server, "mona@example.org")
    await confirms(mentee, smtp_server, "niko@example.org")

    await admin.reload()
    for name in ("Mona Lind", "Niko Berg"):
        await admin.get_by_role("region", name="Ask to take part").get_by_role("link", name=name).click()
        await expect(admin.get_by_text("Writing")).to_be_visible()
        await admin.get_by_role("button", name="Accept").click()
    members = admin.get_by_role("region", name="Take part").nth(-1)
    await expect(members.get_by_role("link", name="Niko Berg")).to_be_visible()

    told = await smtp_server.next_email("niko@example.org", "You take part")
    await mentee.goto(link_in(told))
    await mentee.get_by_role("link", name="Leave the scheme").click()
    await mentee.get_by_role("button", name="Leave the scheme").click()
    await expect(mentee.get_by_text("You are not in this scheme any more")).to_be_visible()
    await admin.reload()
    await expect(members.get_by_role("link", name="Mona Lind")).to_be_visible()
    await expect(members.get_by_role("link", name="Niko Berg")).to_have_count(0)
    assert [error for page in (admin, mentor, mentee) for error in page.errors] == []
