"""What surrounds the calls, from both sides in real browsers: messages, how things are, a check-in, a break, an end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, expect
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import bookings, catchups, mentorships, offers, outbox, people
from tests.cast import Fireside
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM = "maya@demo.invalid", "sam@demo.invalid"
AXE = Path(__file__).parents[2] / "build/node/node_modules/axe-core/axe.min.js"
FAULTS = """axe.run(document, {resultTypes: ["violations"]}).then((found) =>
  found.violations.map((each) => each.id + each.nodes.map((node) => node.html)))"""


def database_of(fireside: Fireside) -> Database:
    return Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")


async def send_all_now(fireside: Fireside) -> None:
    """Emails about messages wait for two minutes, in which they may be read on the page."""
    database = database_of(fireside)
    async with database.writing() as connection:
        theirs = outbox.c.kind == "new_messages", outbox.c.sent_at.is_(None)
        await connection.execute(update(outbox).where(*theirs).values(due_at=outbox.c.made_at))
    await database.close()


async def write(page: Page, to: str, text: str) -> None:
    await page.get_by_label(f"Write to {to}").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_label(f"Write to {to}")).to_have_value("")


async def test_two_write_to_each_other_say_how_things_are_and_end_it_kindly(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    await mentee.goto(fireside.links["mentee"])
    await mentee.get_by_role("region", name="People").get_by_role("link", name="Maya Lindqvist").click()
    await expect(mentee.get_by_role("heading", name="You and Maya Lindqvist")).to_be_visible()

    # An email says that there is something, and leads to it.
    await write(mentee, "Maya Lindqvist", "The plan for my Prüfung: https://example.org/plan")
    await send_all_now(fireside)
    told = await smtp_server.next_email(MAYA, "a new message for you")
    assert "example.org/plan" not in told.as_string()
    await mentor.goto(link_in(told))
    await expect(mentor.get_by_role("link", name="https://example.org/plan")).to_be_visible()

    # While both have the page open, what one writes is there at once.
    await write(mentor, "Sam Okafor", "Thank you, Sam.")
    await expect(mentee.get_by_text("Thank you, Sam.")).to_be_visible()
    await mentee.get_by_label("A file, up to 10 MB").set_input_files(
        {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 plan"}
    )
    await mentee.get_by_role("button", name="Send", exact=True).click()
    async with mentor.expect_download() as download:
        await mentor.get_by_role("link", name="Plan.pdf").click()
    assert (await download.value).suggested_filename == "Plan.pdf"
    await mentor.get_by_role("button", name="Delete for both").click()
    await expect(mentee.get_by_text("Thank you, Sam.")).to_have_count(0)
    await mentee.get_by_label("Search in the messages").fill("prufung")
    await mentee.get_by_role("button", name="Search", exact=True).click()
    await expect(mentee.get_by_role("status")).to_have_text("1 message was found.")
    await mentee.get_by_role("link", name="Back to you and Maya Lindqvist").click()

    # What is refused, and what cannot be sent, stays in the field.
    await mentee.get_by_label("A file, up to 10 MB").set_input_files(
        {"name": "run.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    )
    await mentee.get_by_role("button", name="Send", exact=True).click()
    await expect(mentee.locator(".said-of-sending")).to_contain_text("Please choose a PDF")
    mentee.errors[:] = [error for error in mentee.errors if not error.startswith("422 ")]

    # How things are stands where the other decides.
    await mentee.get_by_text("Say how things are with you").click()
    await mentee.get_by_label("How things are with you").fill("Exams until Friday.")
    await mentee.get_by_role("button", name="Save").first.click()
    await expect(mentee.get_by_text("Exams until Friday.")).to_be_visible()
    await mentor.reload()
    await expect(mentor.get_by_text("Exams until Friday.")).to_be_visible()
    await mentor.get_by_role("button", name="Offer a catch-up").click()
    await expect(mentor.get_by_text("Exams until Friday.")).to_be_visible()
    await mentor.goto(fireside.links["booking_mentor"])
    await mentor.get_by_role("button", name="Join call", exact=True).click()
    await expect(mentor.get_by_text("Exams until Friday.")).to_be_visible()

    for page in (mentor, mentee):
        await page.goto(f"{fireside.base_url}/mentorships/1")
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(FAULTS) == []

    # A pause, and on; then an end, with words or without.
    await mentee.get_by_role("link", name="Pause or end").click()
    await mentee.get_by_role("button", name="Pause the mentorship", exact=True).click()
    await smtp_server.next_email(MAYA, "Your mentorship is paused")
    await mentor.reload()
    await mentor.get_by_role("button", name="Let it go on").click()
    await smtp_server.next_email(SAM, "Your mentorship goes on")
    await mentee.reload()
    await mentee.get_by_role("link", name="Pause or end").click()
    await mentee.get_by_label("A few words for Maya Lindqvist").last.fill("I found work. Thank you!")
    await mentee.get_by_role("button", name="End the mentorship").click()
    await expect(mentee.get_by_role("heading", name="This mentorship has ended")).to_be_visible()
    ended = await smtp_server.next_email(MAYA, "Your mentorship has ended")
    assert "> I found work. Thank you!" in ended.get_body(("plain",)).get_content()


async def test_a_mentor_is_reminded_after_weeks_and_begins_with_a_message_that_is_ready(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    """As if the two had met six weeks ago, and it were day where the mentor is."""
    database, before = database_of(fireside), datetime.now(UTC) - timedelta(days=42)
    noon = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}" if datetime.now(UTC).hour != 12 else "UTC"
    async with database.writing() as connection:
        await connection.execute(update(bookings).values(start=before, state="held"))
        await connection.execute(update(offers).where(offers.c.state == "open").values(state="withdrawn"))
        await connection.execute(update(offers).values(made_at=before))
        await connection.execute(update(catchups).values(began_at=before))
        await connection.execute(update(people).where(people.c.email == MAYA).values(zone=noon))
        await connection.execute(update(mentorships).values(began_at=before, nudge_at=None))
    await database.close()
    reminded = await smtp_server.next_email(MAYA, "A few words can do a lot")
    await mentor.goto(link_in(reminded))
    field = mentor.get_by_label("Write to Sam Okafor")
    await expect(field).to_have_value(
        "Hello Sam Okafor, I was thinking of you. How are things? Would a catch-up by video "
        "or phone help, or is another time better? Either is fine with me."
    )
    await write(mentor, "Sam Okafor", "Hello Sam, how was the exam?")
    await mentee.goto(fireside.links["mentee"])
    await mentee.get_by_role("region", name="People").get_by_role("link", name="Maya Lindqvist").click()
    await expect(mentee.get_by_text("Hello Sam, how was the exam?")).to_be_visible()
    assert not [each for each in smtp_server.emails_to(SAM) if "A few words" in each["Subject"]]
    await mentor.get_by_role("button", name="Not this month").click()
    await expect(mentor.get_by_text("You are not reminded of this mentorship this month.")).to_be_visible()
