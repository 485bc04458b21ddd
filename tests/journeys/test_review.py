"""Both are asked whether things still fit, each alone: from the emails to what both see, in real browsers."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from sqlalchemy import select, update

from server.db.tables import mentorships, outbox, reviews
from tests.cast import Fireside, until
from tests.journeys.test_between_calls import AXE, FAULTS, MAYA, SAM, database_of
from tests.journeys.test_ending import to_home
from tests.smtp_server import SmtpServer, link_in

CHANGE, FITS = "I would like a change", "It fits"


async def half_a_year_later(fireside: Fireside) -> None:
    """Both are asked now, at any hour of the day."""
    database, now = database_of(fireside), datetime.now(UTC)
    asks = select(outbox.c.id).where(outbox.c.kind == "still_fits")

    async def asked() -> bool:
        async with database.reading() as connection:
            return len((await connection.execute(asks)).all()) == 2

    async with database.writing() as connection:
        await connection.execute(update(mentorships).values(review_at=now - timedelta(minutes=1)))
    await until(asked, what="emails to both")
    async with database.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.id.in_(asks)).values(due_at=outbox.c.made_at))
    await database.close()


async def three_weeks_later(fireside: Fireside) -> None:
    database = database_of(fireside)

    async def closed() -> bool:
        async with database.reading() as connection:
            return (await connection.execute(select(reviews.c.shared))).scalar_one_or_none() is not None

    async with database.writing() as connection:
        await connection.execute(update(reviews).values(until=datetime.now(UTC)))
    await until(closed, what="the end of the round")
    await database.close()


async def looks_well(page: Page) -> None:
    await page.evaluate(AXE.read_text())
    assert await page.evaluate(FAULTS) == []


async def choose(page: Page, matter: str, answer: str) -> None:
    await page.get_by_role("group", name=matter).get_by_label(answer).check()


async def test_each_answers_alone_and_both_see_what_both_wish(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    await half_a_year_later(fireside)
    emails = [await smtp_server.next_email(each, "Does it still fit?") for each in (MAYA, SAM)]
    for page, email in zip((mentor, mentee), emails, strict=True):
        await page.goto(link_in(email))
        await expect(page.get_by_role("heading", name="Does it still fit?")).to_be_visible()
        await expect(page.locator("input:checked")).to_have_count(0)

    # By keyboard: the arrows move within a question, and none is chosen before.
    await mentor.get_by_role("group", name="Video or phone").get_by_label(FITS).focus()
    await mentor.keyboard.press("ArrowRight")
    await expect(mentor.get_by_role("group", name="Video or phone").get_by_label(CHANGE)).to_be_checked()
    await choose(mentor, "Day and hour", CHANGE)
    await choose(mentor, "How long a catch-up is", FITS)
    await mentor.get_by_role("button", name="Send my answers").click()
    await expect(mentor.get_by_text("Thank you. You can change your answers until then.")).to_be_focused()

    await looks_well(mentor)

    # The other sees nothing of it, and answers alone; a second thought counts.
    await mentee.reload()
    await expect(mentee.locator("input:checked")).to_have_count(0)
    await mentee.get_by_role("button", name="Not now").click()
    await expect(mentee.get_by_text("That is fine.")).to_be_visible()
    await choose(mentee, "Day and hour", CHANGE)
    await choose(mentee, "How long a catch-up is", CHANGE)
    await mentee.get_by_role("button", name="Send my answers").click()
    await expect(mentee.get_by_text("Thank you.")).to_be_visible()
    for page, link, name in (
        (mentor, fireside.links["mentor"], "Sam Okafor"),
        (mentee, fireside.links["mentee"], "Maya Lindqvist"),
    ):
        await to_home(page, link, name)
        await expect(page.get_by_text("You have answered.")).to_be_visible()
        await expect(page.get_by_text("Both of you would like to change this")).to_have_count(0)

    await three_weeks_later(fireside)
    for page in (mentor, mentee):
        await page.reload()
        changes = page.get_by_role("region", name="Both of you would like to change this")
        await expect(changes.get_by_role("listitem")).to_have_text(["Day and hour: Suggest another time"])
        await looks_well(page)
    assert [each["Subject"] for each in smtp_server.emails if "fit" in each["Subject"]] == []
    await mentee.get_by_role("link", name="Suggest another time").click()
    await expect(mentee.get_by_role("button", name="Send offer")).to_be_visible()
