"""A catch-up by phone, and one by video that goes on by phone, in real browsers."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import bookings
from tests.cast import MENTEE, MENTOR, Fireside
from tests.journeys.conftest import into_call, sign_in
from tests.journeys.seen import sees_and_hears, sees_tile
from tests.smtp_server import SmtpServer

MAYAS, SAMS = "+46 8 123 45 67", "+44 20 7946 0123"
NUMBERS = re.compile(r"123\W*45\W*67|7946\W*0123")
# As a browser measures it whose packets are lost on their way, from when `poor` is set.
POOR = """const measure = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function () {
  const found = new Map(await measure.call(this));
  if (window.poor) found.set("poor", {type: "remote-inbound-rtp", fractionLost: 0.4});
  return found;
};"""


async def begin_at(fireside: Fireside, booking: str, start: datetime) -> None:
    """Has the booking of this page begin then."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    number = int(booking.rpartition("/")[2])
    async with database.writing() as connection:
        await connection.execute(update(bookings).where(bookings.c.id == number).values(start=start))
    await database.close()


async def give_number(page: Page, number: str) -> None:
    await page.get_by_label("Your phone number").fill(number)
    await page.get_by_role("button", name="Save my number", exact=True).click()
    await expect(page.get_by_text("Change your number", exact=True)).to_be_visible()


async def test_numbers_are_lent_for_the_catchup_and_both_say_afterwards_how_it_was(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page, admin: Page
) -> None:
    await mentee.goto(fireside.links["offer"])
    await mentee.get_by_role("radio", name="Phone").check()
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_text("Maya Lindqvist has not given a number yet.")).to_be_visible()
    await give_number(mentee, SAMS)
    await mentor.goto(fireside.links["mentor"])
    await mentor.goto(mentee.url)
    await expect(mentor.get_by_text("Sam Okafor sees your number")).to_have_count(0)
    await give_number(mentor, MAYAS)
    for page in (mentor, mentee):
        await page.reload()
        assert NUMBERS.search(await page.content()) is None

    booking, now = mentee.url, datetime.now(UTC)
    for page in (mentor, mentee):
        # Its own page would find out by itself, and load itself again.
        await page.goto(f"{fireside.base_url}/me")
    await begin_at(fireside, booking, now + timedelta(minutes=10))
    for page, number, dialled in ((mentor, SAMS, "tel:+442079460123"), (mentee, MAYAS, "tel:+4681234567")):
        await page.goto(booking)
        await expect(page.get_by_role("link", name=number, exact=True)).to_have_attribute("href", dialled)

    await begin_at(fireside, booking, now - timedelta(hours=2))
    await mentor.goto(f"{fireside.base_url}/home")
    await mentor.get_by_role("link", name="How was it with Sam Okafor?", exact=True).click()
    assert NUMBERS.search(await mentor.content()) is None
    await mentor.get_by_role("button", name="We spoke", exact=True).click()
    await expect(mentor.get_by_role("definition")).to_have_text(["We spoke"])
    # The page of the mentee leads on by itself.
    await mentee.get_by_role("button", name="We missed each other", exact=True).click()
    await expect(mentee.get_by_role("definition")).to_have_text(["We missed each other", "We spoke"])
    await sign_in(admin, fireside.links["admin"])
    row = admin.get_by_role("row").filter(has_text="confirmed, over")
    await expect(row).to_contain_text(f"{MENTOR}: We spoke")
    await expect(row).to_contain_text(f"{MENTEE}: We missed each other")

    for address in ("maya@demo.invalid", "sam@demo.invalid"):
        agreed = await smtp_server.next_email(address, "it is agreed")
        assert [part for part in agreed.walk() if NUMBERS.search(str(part.get_payload(decode=True)))] == []


async def allow(page: Page, booking: str) -> None:
    """Says on the catch-up's page that one would go on by phone."""
    await page.goto(booking)
    await page.get_by_text("Phone, if the video fails", exact=True).click()
    await page.get_by_role("button", name="Phone is fine with me", exact=True).click()


async def test_a_call_goes_on_by_phone_which_both_allow_and_one_takes_back_meanwhile(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(POOR)
    await allow(mentor, shared_fireside.links["booking_mentor"])
    # The other has not agreed yet, so there is no number to ask for.
    await expect(mentor.get_by_label("Your phone number")).to_have_count(0)
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await expect(mentor.locator("#phone")).to_be_hidden()
    beside = await mentee.context.new_page()
    await allow(beside, shared_fireside.links["booking_mentee"])
    await give_number(beside, SAMS)
    await mentee.bring_to_front()
    # On a phone, what is needed less often is in a menu.
    more = mentee.get_by_role("button", name="More", exact=True)
    await more.click()
    for page in (mentor, mentee):
        await expect(page.get_by_role("button", name="Go on by phone", exact=True)).to_be_visible()
    await more.click()
    assert NUMBERS.search(await mentor.content()) is None

    await mentor.evaluate("window.poor = true")
    hint = mentor.get_by_text("The connection is poor. You can go on by phone.", exact=True)
    await expect(hint).to_be_visible()
    await mentor.get_by_role("button", name="Not now", exact=True).click()
    await expect(hint).to_be_hidden()

    await mentor.get_by_role("button", name="Go on by phone", exact=True).click()
    await expect(mentor.get_by_role("link", name=SAMS, exact=True)).to_have_attribute("href", "tel:+442079460123")
    wish = mentee.locator("#phone-why").get_by_text(f"{MENTOR} would like to go on by phone.", exact=True)
    await expect(wish).to_be_visible()
    await mentee.locator("#phone-go").click()
    await expect(
        mentee.get_by_text(f"{MENTOR} has not added a number. We told them, and they can call you.")
    ).to_be_visible()
    await mentee.get_by_role("button", name="Stay with the video", exact=True).click()
    await expect(wish).to_be_visible()
    # Going on by phone is a choice, which no key takes back by the way.
    await mentor.keyboard.press("Escape")
    await expect(mentor.get_by_role("link", name=SAMS, exact=True)).to_be_visible()
    await mentor.get_by_role("button", name="Stay with the video", exact=True).click()
    await expect(mentor.locator("#phone")).to_be_focused()
    await expect(wish).to_be_hidden()
    assert NUMBERS.search(await mentor.content()) is None
    await sees_tile(mentee.evaluate, here="in")

    await mentor.locator("#phone").click()
    await expect(mentor.get_by_role("link", name=SAMS, exact=True)).to_be_focused()
    await beside.get_by_text("Go on without the phone", exact=True).first.click()
    await beside.get_by_role("button", name="Go on without the phone", exact=True).click()
    await expect(mentor.get_by_text("The number is not shown now.", exact=True)).to_be_visible()
    assert NUMBERS.search(await mentor.content()) is None
    await mentor.get_by_role("button", name="Stay with the video", exact=True).click()
    for page in (mentor, mentee):
        await expect(page.locator("#phone")).to_be_hidden()

    await mentor.get_by_role("button", name="Leave", exact=True).click()
    await mentor.get_by_role("button", name="Technical problems", exact=True).click()
    await expect(mentor.get_by_role("definition")).to_have_text(["Technical problems", "You were both there."])
