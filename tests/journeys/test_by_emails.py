"""Two people who have nothing but the emails that they were sent: read from a real mail server, opened in browsers."""

import re

from playwright.async_api import Page, expect

from tests.calendar_reader import CalendarReader
from tests.cast import MENTEE, MENTOR, Fireside
from tests.smtp_server import SmtpServer, link_in

MAYA, SAM = "maya@demo.invalid", "sam@demo.invalid"


async def test_an_offer_is_accepted_and_called_off_from_the_emails(
    fireside: Fireside, smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    calendars = {MAYA: CalendarReader(), SAM: CalendarReader()}
    for address in (MAYA, SAM):
        # The demo's own booking; its offer waits for Sam.
        calendars[address].take_mail(await smtp_server.next_email(address, "it is agreed"))
    await smtp_server.next_email(SAM, "an offer for you")
    offered = await smtp_server.next_email(SAM, "an offer for you")
    calendars[SAM].take_mail(offered)
    assert statuses(calendars) == {MAYA: ["CONFIRMED"], SAM: ["CONFIRMED"]}

    await mentee.goto(link_in(offered))
    assert "/l/" not in mentee.url
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_role("heading", name=re.compile(MENTOR))).to_be_visible()

    for address in (MAYA, SAM):
        agreed = await smtp_server.next_email(address, "it is agreed")
        calendars[address].take_mail(agreed)
        if address == MAYA:
            await mentor.goto(link_in(agreed))
    assert statuses(calendars) == {MAYA: ["CONFIRMED"] * 2, SAM: ["CONFIRMED"] * 2}
    await expect(mentor.get_by_role("heading", name=re.compile(MENTEE))).to_be_visible()

    await mentor.get_by_text("Withdraw", exact=True).first.click()
    await mentor.get_by_label("Words for Sam Okafor").fill("I am ill.")
    await mentor.get_by_role("button", name="Withdraw from this catch-up", exact=True).click()

    for address in (MAYA, SAM):
        called_off = await smtp_server.next_email(address, "called off")
        calendars[address].take_mail(called_off)
        assert "> I am ill." in called_off.get_body(("plain",)).get_content()
    assert statuses(calendars) == {MAYA: ["CONFIRMED"], SAM: ["CONFIRMED"]}


def statuses(calendars: dict[str, CalendarReader]) -> dict[str, list[str]]:
    return {address: sorted(event.status for event in reader.events.values()) for address, reader in calendars.items()}
