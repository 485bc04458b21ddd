"""A mentor at a desk offers, changes and takes back; a mentee with a phone answers; both read their emails."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Locator, Page, expect
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import offers
from tests.calendar_reader import CalendarReader
from tests.cast import Fireside
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM = "maya@demo.invalid", "sam@demo.invalid"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


async def test_an_offer_is_changed_under_an_open_page_and_taken_back(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    await smtp_server.next_email(SAM, "an offer for you")
    offered = await smtp_server.next_email(SAM, "an offer for you")
    await mentee.goto(link_in(offered))
    await expect(mentee.get_by_role("button", name="Accept", exact=True)).to_be_visible()

    await mentor.goto(fireside.links["mentor"])
    await mentor.locator("section", has=mentor.get_by_role("heading", name="Waiting")).get_by_role("link").click()
    await mentor.get_by_role("link", name="Change the offer").click()
    await expect(times_of(mentor).nth(2)).not_to_have_value("")
    await mentor.get_by_label("How things are with me").fill("My train was cancelled. Later?")
    await times_of(mentor).nth(0).fill("")
    await mentor.get_by_label("Then phone is fine with me").check()
    await mentor.get_by_role("button", name="Save the change").click()
    await expect(mentor.locator("main .times time")).to_have_count(2)
    changed = await smtp_server.next_email(SAM, "the offer has changed")
    assert "> My train was cancelled. Later?" in changed.get_body(("plain",)).get_content()

    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_role("alert")).to_contain_text("The offer has changed since you opened this page")
    await expect(mentee.get_by_text("My train was cancelled. Later?")).to_be_visible()
    await expect(mentee.get_by_label("Then phone is fine with me")).to_be_visible()

    await mentor.get_by_text("Take the offer back").click()
    await mentor.get_by_role("button", name="Take it back").click()
    await expect(mentor.get_by_role("heading", name="This offer was taken back")).to_be_visible()
    calendar = CalendarReader()
    for told in (offered, changed, await smtp_server.next_email(SAM, "the offer was taken back")):
        calendar.take_mail(told)
    assert (calendar.events, calendar.cancelled) == ({}, {}), "nothing was agreed"
    await mentee.reload()
    await expect(mentee.get_by_role("heading", name="This offer was taken back")).to_be_visible()


async def test_times_are_told_and_clashes_shown_while_typing_and_what_is_sent_twice_is_one_offer(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    for _ in range(2):
        await smtp_server.next_email(SAM, "an offer for you")
    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("button", name="Offer a catch-up").click()
    now = datetime.now(STOCKHOLM)
    field, told = times_of(mentor).nth(0), mentor.locator(".told").nth(0)
    await field.fill(typed(now + timedelta(minutes=30)))
    await expect(told.get_by_role("status")).to_have_text(re.compile(r"^You have another catch-up from .* to .*\.$"))
    later = (now + timedelta(days=3)).replace(hour=0, minute=30)
    await field.fill(typed(later))
    await expect(told.get_by_role("status")).to_be_empty()
    await expect(told).to_have_text(f"{later:%A}; {later - timedelta(days=1):%A}, 23:30 for Sam Okafor")
    await mentor.get_by_label("Answer by").fill(typed(now + timedelta(days=2)))

    await mentor.evaluate(SEND_ALSO)
    await mentor.get_by_role("button", name="Send offer").dblclick()
    await expect(mentor.get_by_role("heading", name="Sam Okafor has your offer")).to_be_visible()
    sent = await smtp_server.next_email(SAM, "an offer for you")

    await mentee.goto(link_in(sent))
    await mentee.get_by_text("Add a few words").click()
    await mentee.get_by_label("Words for Maya Lindqvist").fill("Exams until then.")
    await mentee.get_by_role("combobox").select_option("4")
    await mentee.get_by_role("button", name="Not now", exact=True).click()
    await expect(mentee.get_by_role("heading", name="Not now")).to_be_visible()
    answered = await smtp_server.next_email(MAYA, "not now")
    assert "> Exams until then." in answered.get_body(("plain",)).get_content()
    assert [one for one in smtp_server.emails_to(SAM) if "an offer for you" in one["Subject"]] == []

    await mentor.goto(link_in(answered))
    for words in ("You are welcome to ask again from", "Exams until then."):
        await expect(mentor.get_by_text(words)).to_be_visible()
    await mentor.goto(fireside.links["mentor"])
    waiting = mentor.locator("section", has=mentor.get_by_role("heading", name="Waiting"))
    await expect(waiting.get_by_role("article")).to_have_count(1)
    await expect(mentor.get_by_text("Sam Okafor would like to be asked again from")).to_be_visible()
    await mentor.get_by_role("button", name="Offer a catch-up").click()
    await expect(
        mentor.get_by_text("You can still send an offer; a time after that day will suit better.")
    ).to_be_visible()


async def test_an_offer_that_ran_out_is_offered_anew_and_declined_with_words(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    for _ in range(2):
        await smtp_server.next_email(SAM, "an offer for you")
    await mentor.goto(fireside.links["mentor"])
    await let_run_out(fireside)
    await mentor.goto(link_in(await smtp_server.next_email(MAYA, "the offer has expired")))
    await expect(mentor.get_by_role("heading", name="This offer has expired")).to_be_visible()
    await mentor.get_by_role("link", name="Offer new times").click()
    await expect(mentor.get_by_label("How things are with me")).to_have_value(re.compile("I changed jobs this month"))
    await expect(mentor.get_by_label("Phone", exact=True)).to_be_checked()
    await expect(times_of(mentor).nth(0)).to_have_value("")
    await times_of(mentor).nth(0).fill(typed(datetime.now(STOCKHOLM) + timedelta(days=2)))
    await mentor.get_by_role("button", name="Send offer").click()

    await mentee.goto(link_in(await smtp_server.next_email(SAM, "an offer for you")))
    await mentee.get_by_text("Add a few words").click()
    await mentee.get_by_label("Words for Maya Lindqvist").fill("I need a quiet month.")
    await mentee.get_by_role("button", name="Decline", exact=True).click()
    await smtp_server.next_email(MAYA, "not this time")
    await mentor.reload()
    await expect(mentor.get_by_role("heading", name="Not this time")).to_be_visible()
    await expect(mentor.get_by_text("I need a quiet month.")).to_be_visible()


# Sends the page's form once more, as a second tab or an impatient finger would.
SEND_ALSO = """() => {
  const form = document.querySelector("form[action$=offers]");
  return fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
}"""


def times_of(page: Page) -> Locator:
    # Not the boxes of the week, which have the same name until their script has come.
    return page.locator('input[name="starts"][type="datetime-local"]')


def typed(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


async def let_run_out(fireside: Fireside) -> None:
    """Nobody answers the offers that wait until it is too late."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        passed = datetime.now(UTC) - timedelta(minutes=1)
        await connection.execute(update(offers).where(offers.c.state == "open").values(expires_at=passed))
    await database.close()
