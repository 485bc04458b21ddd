"""A catch-up on its way: another time chosen, asked for, declined and accepted; late, not able to come, called off.

Both people's emails come from a real mail server; what they tell a calendar is applied in order.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from server.db.database import Database
from tests.calendar_reader import CalendarReader, Held
from tests.cast import MENTEE, MENTOR, Fireside
from tests.crowd import end_waiting
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM = "maya@demo.invalid", "sam@demo.invalid"
STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Calendars:
    """Maya's and Sam's, with all that their emails told them."""

    def __init__(self, smtp_server: SmtpServer) -> None:
        self._server = smtp_server
        self.of = {MAYA: CalendarReader(), SAM: CalendarReader()}

    async def take(self, address: str, subject: str) -> str:
        """Takes the next email about this, and returns its personal link."""
        message = await self._server.next_email(address, subject)
        self.of[address].take_mail(message)
        return link_in(message)

    async def take_both(self, subject: str) -> None:
        for address in self.of:
            await self.take(address, subject)

    def the_newest(self) -> Held:
        """The event that came last into both calendars, which agree on it."""
        maya, sam = (dict(list(reader.events.items())[-1:]) for reader in self.of.values())
        assert {uid: (held.start, held.status) for uid, held in maya.items()} == {
            uid: (held.start, held.status) for uid, held in sam.items()
        }
        return next(iter(sam.values()))


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def unfold(page: Page, summary: str) -> None:
    await page.locator("summary", has_text=summary).click()


async def ask_to_move(page: Page, days: int, booking: str) -> None:
    """Asks from the booking's page for the same time so many days later."""
    await page.goto(booking)
    was = await page.locator(".big time").get_attribute("datetime")
    await press(page, "Ask for another time")
    later = datetime.fromisoformat(was).astimezone(STOCKHOLM) + timedelta(days=days)
    await page.get_by_label("Possible time 1").fill(later.strftime("%Y-%m-%dT%H:%M"))
    await press(page, "Ask Sam Okafor")
    await expect(page.get_by_text("You asked for another time.")).to_be_visible()


async def test_another_time_is_chosen_asked_for_declined_and_accepted_and_then_it_is_called_off(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    calendars = Calendars(smtp_server)
    # The first offer is that of the demo's own booking.
    await calendars.take(SAM, "an offer for you")
    await calendars.take_both("it is agreed")
    offered = await calendars.take(SAM, "an offer for you")
    uids = {address: set(reader.events) for address, reader in calendars.of.items()}

    # Sam accepts the first time, thinks again, and takes the second.
    await mentee.goto(offered)
    await press(mentee, "Accept")
    await calendars.take_both("it is agreed")
    first = calendars.the_newest()
    await unfold(mentee, "Choose another of the offered times")
    await press(mentee, "Take my answer back and choose again")
    await expect(mentee.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    await end_waiting(database)
    await database.close()
    await calendars.take_both("the offer is open again")
    await mentee.locator("input[name=start]").nth(1).check()
    await press(mentee, "Accept")
    await expect(mentee.get_by_role("heading", name=re.compile(MENTOR))).to_be_visible()
    booking = mentee.url
    await calendars.take_both("it is agreed")
    agreed = calendars.the_newest()
    assert (agreed.status, agreed.start > first.start) == ("CONFIRMED", True)

    # Maya asks for another time; Sam would rather keep this one.
    await mentor.goto(fireside.links["mentor"])
    await ask_to_move(mentor, 2, booking)
    await mentee.goto(await calendars.take(SAM, "a request for another time"))
    await press(mentee, "Decline")
    await calendars.take(MAYA, "it stays as agreed")
    assert calendars.the_newest() == agreed
    await mentee.goto(booking)
    await expect(mentee.get_by_role("heading", name=re.compile(MENTOR))).to_be_visible()

    # She asks once more, and this time it suits; the former page leads to the new time.
    await ask_to_move(mentor, 3, booking)
    await mentee.goto(await calendars.take(SAM, "a request for another time"))
    await press(mentee, "Accept")
    await expect(mentee.get_by_role("heading", name=re.compile(MENTOR))).to_be_visible()
    await calendars.take_both("a new time is agreed")
    moved = calendars.the_newest()
    assert (moved.status, moved.start - agreed.start) == ("CONFIRMED", timedelta(days=3))
    # Her page, still open, leads on by itself.
    await expect(mentor.get_by_role("heading", name="Moved")).to_be_visible()
    await mentor.get_by_role("link", name="See the new time").click()
    assert (mentor.url, mentor.url == booking) == (mentee.url, False)

    # Sam calls it off with a word, which Maya reads on her page and in her email.
    await unfold(mentee, "Withdraw")
    await mentee.get_by_label("Words for Maya Lindqvist").fill("I am ill.")
    await press(mentee, "Withdraw from this catch-up")
    await expect(mentor.get_by_text("Sam Okafor withdrew")).to_be_visible()
    await expect(mentor.get_by_text("I am ill.")).to_be_visible()
    await calendars.take_both("called off")
    # All of that was one event, which is gone again; the demo's own stands.
    assert [set(reader.events) for reader in calendars.of.values()] == [uids[MAYA], uids[MAYA]]
    assert [len(reader.cancelled) for reader in calendars.of.values()] == [1, 1]
    assert [reader.ignored for reader in calendars.of.values()] == [0, 0]


async def test_who_waits_sees_that_the_other_is_late_and_cannot_come_without_loading_the_page_anew(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    calendars = Calendars(smtp_server)
    await calendars.take_both("it is agreed")
    was = calendars.the_newest()
    await mentor.goto(fireside.links["booking_mentor"])
    await mentor.evaluate("window.loaded = 'once'")
    await mentee.goto(fireside.links["booking_mentee"])
    await press(mentee, "10 minutes")
    await expect(mentor.get_by_text("Sam Okafor is running about 10 minutes late.")).to_be_visible()

    # Sam's own word on the phone is kept for the other time, where it is to be read.
    await unfold(mentee, "Phone, if the video fails")
    await press(mentee, "Phone is fine with me")
    kept = mentee.get_by_role("checkbox", name="Then phone is fine with me")
    await expect(kept).to_be_checked()
    await expect(kept).to_be_visible()
    await press(mentee, "Can't make it, here are two times")
    await expect(mentee.get_by_text("You asked for another time.")).to_be_visible()
    await expect(mentor.get_by_text("Sam Okafor asked for another time.")).to_be_visible()
    assert await mentor.evaluate("window.loaded") == "once"
    await calendars.take(MAYA, "a request for another time")
    assert calendars.the_newest() == was

    booking = mentee.url
    await mentor.get_by_role("link", name="See the times").click()
    await expect(mentor.get_by_role("checkbox", name="Then phone is fine with me")).not_to_be_checked()
    await press(mentor, "Accept")
    await expect(mentor.get_by_role("heading", name=re.compile(MENTEE))).to_be_visible()
    # Sam's page leads on by itself.
    await expect(mentee.get_by_role("heading", name="Moved")).to_be_visible()
    assert mentee.url == booking
    await calendars.take_both("a new time is agreed")
    assert calendars.the_newest().start - was.start == timedelta(days=1)
    assert [len(reader.events) for reader in calendars.of.values()] == [1, 1]
