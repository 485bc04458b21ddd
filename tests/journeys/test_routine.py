"""A routine from both sides: the mentor sets it, the server offers its next time by itself, and the mentee decides."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import offers
from tests.cast import Fireside
from tests.smtp_server import SmtpServer, link_in

SAM, STOCKHOLM = "sam@demo.invalid", ZoneInfo("Europe/Stockholm")


async def test_a_routine_makes_an_offer_which_the_mentee_accepts_and_then_pauses_it(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    # What the demo has offered would have to be answered first.
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(update(offers).where(offers.c.state == "open").values(state="withdrawn"))
    await database.close()

    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("link", name="Routine and breaks").click()
    first = (datetime.now(STOCKHOLM) + timedelta(days=4)).date()
    await mentor.get_by_label("How often").select_option("Every second week")
    await mentor.get_by_label("First day", exact=True).fill(first.isoformat())
    await mentor.get_by_label("Time", exact=True).fill("17:00")
    await mentor.get_by_label("Length").select_option("45 minutes")
    await mentor.get_by_role("button", name="Save the routine").click()
    await expect(mentor.get_by_text(f"every second {first:%A} at 17:00")).to_be_visible()

    offered = await smtp_server.next_email(SAM, "an offer for you")
    while "your routine with Maya" not in offered.get_body(("plain",)).get_content():
        offered = await smtp_server.next_email(SAM, "an offer for you")
    await mentee.goto(link_in(offered))
    await expect(mentee.get_by_text("This offer comes from your routine.")).to_be_visible()
    await mentee.get_by_role("radio").first.check()
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_role("heading", name=re.compile("^Catch-up with Maya"))).to_be_visible()

    await mentee.goto(fireside.links["mentee"])
    await mentee.get_by_role("link", name="Routine and breaks").click()
    await mentee.get_by_role("button", name="Pause for 2 weeks").click()
    await expect(mentee.get_by_text("You paused it until")).to_be_visible()
    away = first + timedelta(weeks=4)
    await mentee.get_by_label("First day away").fill(away.isoformat())
    await mentee.get_by_role("button", name="Add the break").click()
    await expect(mentee.get_by_role("button", name="Remove")).to_be_visible()
    await mentor.reload()
    await expect(mentor.get_by_text(re.compile(r"^Sam.* paused it until"))).to_be_visible()
    await mentee.get_by_role("button", name="Go on now").click()
    await expect(mentee.get_by_text("You paused it until")).to_have_count(0)


async def test_the_mentee_accepts_three_of_the_next_four_at_once_and_withdraws_from_one(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(update(offers).where(offers.c.state == "open").values(state="withdrawn"))
    await database.close()
    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("link", name="Routine and breaks").click()
    await mentor.get_by_label("How often").select_option("Every week")
    first = (datetime.now(STOCKHOLM) + timedelta(days=5)).date()
    await mentor.get_by_label("First day", exact=True).fill(first.isoformat())
    await mentor.get_by_label("Time", exact=True).fill("06:00")
    await mentor.get_by_role("button", name="Save the routine").click()
    offered = await smtp_server.next_email(SAM, "an offer for you")
    while "your routine with Maya" not in offered.get_body(("plain",)).get_content():
        offered = await smtp_server.next_email(SAM, "an offer for you")

    await mentee.goto(link_in(offered))
    await mentee.get_by_role("radio").first.check()
    coming = mentee.get_by_role("group", name="The next times as well?").get_by_role("checkbox")
    await expect(coming).to_have_count(3)
    await coming.nth(0).check()
    await coming.nth(2).check()
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_role("heading", name="3 catch-ups are agreed")).to_be_focused()

    told = await smtp_server.next_email(SAM, "your next times are agreed")
    assert len(list(told.iter_attachments())) == 3
    text = told.get_body(("plain",)).get_content()
    links = [line.rpartition(" ")[2] for line in text.splitlines() if "Open this catch-up: " in line]
    await mentee.goto(links[1])
    await mentee.locator("summary", has_text="Withdraw").click()
    await mentee.get_by_role("button", name="Withdraw from this catch-up").click()
    await smtp_server.next_email(SAM, "called off")
    for link, standing in ((links[0], 1), (links[1], 0), (links[2], 1)):
        await mentee.goto(link)
        await expect(mentee.locator('form[action$="/withdrawal"]')).to_have_count(standing)
