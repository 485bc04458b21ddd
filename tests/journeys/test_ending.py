"""From a planned length to a good end, from both sides in real browsers, with the emails; and guides and cards."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, expect
from sqlalchemy import insert, select, update

from server.db.tables import bookings, catchups, courses, mentorships
from tests.cast import Fireside
from tests.journeys.test_between_calls import MAYA, SAM, database_of
from tests.smtp_server import SmtpServer, link_in


async def hold(fireside: Fireside, number: int) -> None:
    """So many catch-ups took place since both said how long; the clock looks at it now."""
    database, now = database_of(fireside), datetime.now(UTC)
    async with database.writing() as connection:
        like = (await connection.execute(select(bookings).order_by(bookings.c.id).limit(1))).one()
        pair = (await connection.execute(select(courses.c.mentorship_id))).scalar_one()
        for back in range(1, number + 1):
            start = now - timedelta(days=back)
            catchup = {"mentorship_id": pair, "began_at": start, "uid": secrets.token_hex(8), "sequence": 0}
            [of_it] = (await connection.execute(insert(catchups).values(catchup))).inserted_primary_key or ()
            values = dict(like._mapping) | {"state": "held", "start": start, "catchup_id": of_it}
            del values["id"]
            await connection.execute(insert(bookings).values(values))
        await connection.execute(update(courses).values(counted_from=now - timedelta(days=60), look_at=now))
    await database.close()


async def to_home(page: Page, link: str, name: str) -> None:
    await page.goto(link)
    await page.get_by_role("region", name="People").get_by_role("link", name=name, exact=True).click()
    await expect(page.get_by_role("heading", name=f"You and {name}", exact=True)).to_be_visible()


async def say_length(page: Page, catchups: str, every: str) -> None:
    await page.get_by_label("How many catch-ups, from now on").fill(catchups)
    await page.get_by_label("How often", exact=True).select_option(label=every)
    await page.get_by_role("button", name="Say it").click()


async def test_two_plan_a_time_and_part_well(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page, tmp_path: Path
) -> None:
    await to_home(mentor, fireside.links["mentor"], "Sam Okafor")
    await mentor.get_by_role("link", name="Say how long and how often you would like to meet").click()
    await say_length(mentor, "12", "every week")
    await expect(mentor.get_by_text("You said: 12 catch-ups, every week.")).to_be_visible()

    # The mentee hears that they are asked, and not what the mentor said.
    asked = await smtp_server.next_email(SAM, "How long would you like to work together?")
    assert "12" not in asked.get_body(("plain",)).get_content().split("http")[0]
    await mentee.goto(link_in(asked))
    await expect(mentee.get_by_text("12 catch-ups")).to_have_count(0)
    await say_length(mentee, "4", "once a month")
    await expect(mentee.get_by_text("Until you say the same, the smaller holds")).to_contain_text(
        "4 catch-ups, once a month"
    )
    agreed = await smtp_server.next_email(MAYA, "You have both said how long")
    await mentor.goto(link_in(agreed))
    await expect(mentor.get_by_text("Until you say the same, the smaller holds")).to_be_visible()
    await to_home(mentor, fireside.links["mentor"], "Sam Okafor")
    await expect(mentor.get_by_text("0 of 4 catch-ups; the last is planned for")).to_be_visible()
    await mentor.get_by_role("link", name="How long, and how often").click()
    await mentor.get_by_role("button", name="I go along with Sam Okafor").click()
    await expect(mentor.get_by_text("You agree.")).to_be_visible()

    # Two before the end both are told and asked; the last catch-up that is agreed has an agenda of its own.
    await hold(fireside, 3)
    near = [await smtp_server.next_email(each, "Your planned time comes to its end") for each in (MAYA, SAM)]
    await mentor.goto(link_in(near[0]))
    await mentee.goto(link_in(near[1]))
    await expect(mentor.get_by_text("3 of 4 catch-ups")).to_be_visible()
    for topic in ("What has changed since we began?", "What stays, and what comes next?"):
        await expect(mentee.get_by_text(topic, exact=True)).to_be_visible()
    await mentee.get_by_role("button", name="Finish as planned").click()
    await expect(mentee.get_by_text("You would like to finish as planned.")).to_be_visible()
    await mentor.reload()
    await expect(mentor.get_by_role("button", name="Finish as planned")).to_be_visible()
    await expect(mentor.get_by_text("would like to finish")).to_have_count(0)

    # Words for the keepsake wait until it is over.
    await mentor.get_by_role("link", name="Keepsake, and words for Sam Okafor").click()
    await mentor.get_by_label("What you would like to leave behind, if you like").fill("Keep asking, Sam.")
    await mentor.get_by_role("button", name="Save", exact=True).click()
    await expect(mentor.get_by_text("Saved.")).to_be_visible()
    await mentee.get_by_role("link", name="Keepsake, and words for Maya Lindqvist").click()
    await expect(mentee.get_by_text("Keep asking, Sam.")).to_have_count(0)
    await hold(fireside, 1)
    over = await smtp_server.next_email(MAYA, "Your planned time is over")
    await mentee.reload()
    await expect(mentee.get_by_text("Keep asking, Sam.")).to_be_visible()
    async with mentee.expect_download() as download:
        await mentee.get_by_role("button", name="Download it as one file").click()
    file = tmp_path / "keepsake.html"
    await (await download.value).save_as(file)
    assert "Keep asking, Sam." in file.read_text()

    # Both have said that they finish: it ends for both, with thanks.
    await mentor.goto(link_in(over))
    await mentor.get_by_role("button", name="Finish as planned").click()
    await expect(mentor.get_by_role("heading", name="This mentorship has ended")).to_be_visible()
    ended = await smtp_server.next_email(SAM, "Your mentorship has come to its planned end")
    await mentee.goto(link_in(ended))
    await mentee.get_by_role("link", name="Erase it now").click()
    await mentee.get_by_role("button", name="Erase it now").click()
    await expect(mentee.get_by_text("What you wrote was erased.")).to_be_visible()
    await mentor.get_by_role("button", name="Keep it").click()
    await expect(mentor.get_by_text("It is kept as long as this server keeps such data.")).to_be_visible()
    await expect(mentor.get_by_role("heading", name="Would you like to be matched with somebody else?")).to_be_visible()


async def test_an_early_end_is_kind(fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page) -> None:
    await to_home(mentee, fireside.links["mentee"], "Maya Lindqvist")
    await mentee.get_by_role("link", name="Pause or end this mentorship").click()
    await mentee.get_by_label("My days have become too full to go on.").check()
    await mentee.get_by_role("button", name="End the mentorship").click()
    await expect(mentee.get_by_role("heading", name="This mentorship has ended")).to_be_visible()
    told = await smtp_server.next_email(MAYA, "Your mentorship has ended")
    assert "> My days have become too full to go on." in told.get_body(("plain",)).get_content()
    await mentor.goto(link_in(told))
    for page in (mentor, mentee):
        await expect(
            page.get_by_role("heading", name="Would you like to be matched with somebody else?")
        ).to_be_visible()


async def test_a_hint_is_put_away_and_a_card_put_on_the_agenda(fireside: Fireside, mentor: Page, mentee: Page) -> None:
    await to_home(mentor, fireside.links["mentor"], "Sam Okafor")
    hint = mentor.get_by_role("heading", name="Before your first call")
    await expect(hint).to_be_visible()
    await mentor.get_by_role("button", name="Do not show this again").click()
    await expect(hint).to_have_count(0)
    database = database_of(fireside)
    async with database.reading() as connection:
        coming = select(bookings.c.id).join(catchups, catchups.c.id == bookings.c.catchup_id)
        coming = coming.join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
        number = (await connection.execute(coming.order_by(bookings.c.id).limit(1))).scalar_one()
    await database.close()

    # From the page of the catch-up, where the cards come when they are asked for; the mentee has it at once.
    await mentee.goto(fireside.links["mentee"])
    await mentee.goto(f"{fireside.base_url}/bookings/{number}")
    await expect(mentee.get_by_text("Question cards and resources")).to_have_count(0)
    await mentor.goto(f"{fireside.base_url}/bookings/{number}")
    await mentor.get_by_text("Question cards and resources").click()
    card = mentor.get_by_role("listitem").filter(has_text="What is one small step until next time?")
    await card.get_by_role("button", name="Put on the agenda").click()
    await expect(card.get_by_text("It is there now.")).to_be_visible()
    await expect(mentee.get_by_role("list", name="Topics").get_by_role("textbox").first).to_have_value(
        "What is one small step until next time?"
    )
