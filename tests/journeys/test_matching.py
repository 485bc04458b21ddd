"""From a run of the matching to a first call, in real browsers, with emails from a real mail server."""

from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import match_proposals
from tests.cast import Fireside
from tests.journeys.conftest import DESK, PHONE, new_page
from tests.journeys.test_schemes import confirms, signs_up
from tests.smtp_server import SmtpServer, link_in

MONA, NIKO = "mona@example.org", "niko@example.org"
ASKED = "Somebody who may suit you"


async def a_scheme_with_two(
    admin: Page, mentor: Page, mentee: Page, fireside: Fireside, smtp_server: SmtpServer
) -> None:
    """Mona, a mentor, and Niko, a mentee, take part; the admin's page shows the members."""
    await admin.goto(fireside.links["admin"])
    await admin.get_by_role("button").first.click()
    await admin.get_by_role("link", name="Schemes").click()
    await admin.get_by_role("link", name="Make a scheme").click()
    await admin.get_by_label("Name of the scheme").fill("First Job")
    await admin.get_by_label("Address of its page").fill("first-job")
    await admin.get_by_label("What it is", exact=True).fill("Mentors for those who look for a first job.")
    await admin.get_by_label("Its page is public").check()
    await admin.get_by_role("button", name="Make the scheme").click()
    address = await admin.get_by_role("link", name="/s/first-job").get_attribute("href")
    for page, role, name, email in (
        (mentor, "As a mentor", "Mona Lind", MONA),
        (mentee, "As a mentee", "Niko Berg", NIKO),
    ):
        await signs_up(page, f"{fireside.base_url}{address}", role, name, email)
        await confirms(page, smtp_server, email)
        await admin.reload()
        await admin.get_by_role("region", name="Ask to take part").get_by_role("link", name=name).click()
        await admin.get_by_role("button", name="Accept").click()
        await page.goto(link_in(await smtp_server.next_email(email, "You take part")))


async def proposes(admin: Page) -> None:
    """From the scheme's page: a run, and a question to the mentee of its only pair."""
    await admin.get_by_role("link", name="Matching").click()
    await expect(admin.get_by_role("link", name="Niko Berg")).to_be_visible()
    await admin.get_by_role("button", name="Start a run").click()
    # The page is told when it is done, and is not loaded again.
    await admin.get_by_role("link", name="Look at its suggestions").click()
    await expect(admin.get_by_role("heading", name="Niko Berg – Mona Lind")).to_be_visible()
    await expect(admin.get_by_text("would like help with this")).to_contain_text("Writing")
    await admin.get_by_label("Propose it").check()
    await admin.get_by_role("button", name="Ask the mentees of the ticked pairs").click()
    await expect(admin.get_by_text("1 mentee is being asked.")).to_be_focused()


async def test_a_coordinator_runs_it_both_say_yes_and_have_a_call(
    chromium: Browser, fireside: Fireside, smtp_server: SmtpServer
) -> None:
    admin, mentor, mentee = [await new_page(chromium, size) for size in (DESK, DESK, PHONE)]
    await a_scheme_with_two(admin, mentor, mentee, fireside, smtp_server)
    await proposes(admin)

    await mentee.goto(link_in(await smtp_server.next_email(NIKO, ASKED)))
    await expect(mentee.get_by_text("would like help with this")).to_contain_text("Writing")
    times = mentee.get_by_role("checkbox")
    await expect(times).to_have_count(3)
    await mentee.get_by_role("button", name="Yes, I would like that").click()
    await expect(mentee.get_by_role("alert")).to_be_focused()
    for number in (0, 1):
        await times.nth(number).check()
    await mentee.get_by_role("button", name="Yes, I would like that").click()
    await expect(mentee.get_by_text("You said yes. We ask Mona Lind now")).to_be_focused()

    await mentor.goto(link_in(await smtp_server.next_email(MONA, ASKED)))
    await expect(mentor.get_by_text("who would like to meet you")).to_be_visible()
    await expect(mentor.get_by_role("radio")).to_have_count(2)
    await mentor.get_by_role("radio").nth(1).check()
    await mentor.get_by_role("button", name="Yes, book the call").click()
    await expect(
        mentor.get_by_role("link", name="Niko Berg").or_(mentor.get_by_text("Niko Berg")).first
    ).to_be_visible()
    for email in (MONA, NIKO):
        booked = await smtp_server.next_email(email)
        assert "text/calendar" in [part.get_content_type() for part in booked.walk()]
    await mentee.reload()
    await expect(mentee.get_by_text("You and Mona Lind have both said yes.")).to_be_visible()
    await mentee.get_by_role("link", name="Open your page with Mona Lind").click()
    await expect(mentee.get_by_role("heading", name="Mona Lind").first).to_be_visible()
    await admin.get_by_role("link", name="Matching").click()
    await expect(admin.get_by_text("No mentee waits for a match.")).to_be_visible()
    assert [error for page in (admin, mentor, mentee) for error in page.errors] == []


async def test_a_no_and_silence_return_both_without_blame(
    chromium: Browser, fireside: Fireside, smtp_server: SmtpServer
) -> None:
    admin, mentor, mentee = [await new_page(chromium, size) for size in (DESK, DESK, PHONE)]
    await a_scheme_with_two(admin, mentor, mentee, fireside, smtp_server)
    await proposes(admin)

    # Silence of the mentee: the mentor is told nothing.
    await smtp_server.next_email(NIKO, ASKED)
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    try:
        async with database.writing() as connection:
            await connection.execute(update(match_proposals).values(due_at=datetime.now(UTC)))
    finally:
        await database.close()
    await mentee.goto(link_in(await smtp_server.next_email(NIKO, "This match did not come about")))
    await expect(mentee.get_by_text("That can have any reason")).to_be_visible()

    await admin.get_by_role("link", name="Matching").click()
    await admin.get_by_role("link", name="First Job").first.click()
    await proposes(admin)
    await mentee.goto(link_in(await smtp_server.next_email(NIKO, ASKED)))
    await mentee.get_by_role("checkbox").first.check()
    await mentee.get_by_role("button", name="Yes, I would like that").click()
    await mentor.goto(link_in(await smtp_server.next_email(MONA, ASKED)))
    await mentor.get_by_text("No, thank you").first.click()
    await mentor.get_by_label("What would change this?").fill("Evenings do not suit me any more.")
    await mentor.get_by_role("button", name="No, thank you").click()
    await expect(mentor.get_by_text("You said no, and the other person is not told.")).to_be_focused()
    await mentee.goto(link_in(await smtp_server.next_email(NIKO, "This match did not come about")))
    await expect(mentee.get_by_text("That can have any reason")).to_be_visible()
    await expect(mentee.get_by_text("Mona Lind")).to_have_count(0)
    await admin.get_by_role("link", name="Matching").click()
    await admin.get_by_text("Earlier proposals").click()
    await expect(admin.get_by_text("Evenings do not suit me any more.")).to_be_visible()
    assert [error for page in (admin, mentor, mentee) for error in page.errors] == []
