"""Where a browser or a network cannot carry a call, the page says so in words, and what to do."""

import json
import os
import signal
from contextlib import suppress
from time import monotonic

import pytest
from playwright.async_api import Browser, Page, expect

from tests.cast import MENTEE, MENTOR, Fireside, until
from tests.firefox import Firefox
from tests.journeys.conftest import PHONE, firefox_into_call, into_call, new_page, to_lobby
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile
from tests.journeys.test_phone import allow

# A network that passes pages, but cuts each socket.
NO_SOCKETS = """window.WebSocket = class extends EventTarget {
  static OPEN = 1; static CONNECTING = 0;
  readyState = 0;
  constructor() { super(); setTimeout(() => { this.readyState = 3; this.onclose?.({code: 1006}); }, 20); }
  close() {}
};"""
# Everything of a phone in Lockdown Mode that a call asks for.
LOCKED_DOWN = "for (const name of ['RTCPeerConnection', 'AudioContext', 'MediaStream']) delete window[name];"
NO_CAPTURE = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
# What is newer than three years.
OLDER = """
for (const name of ['setSinkId', 'requestVideoFrameCallback']) delete HTMLVideoElement.prototype[name];
delete HTMLMediaElement.prototype.setSinkId;
delete Navigator.prototype.wakeLock;
delete Element.prototype.checkVisibility;
"""
INSTAGRAM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/22B83 Instagram 350.0.0.0"
)
SAYS = "#obstacle-why"
# After so many seconds, the server finds out by itself that a relay hangs, and kills it.
HANGING = 10


async def stays_calm(page: Page) -> None:
    """Neither a button that does nothing nor a word about reconnecting."""
    await expect(page.get_by_role("button", name="Enter", exact=True)).to_be_hidden()
    await expect(page.get_by_text("Reconnecting")).to_have_count(0)
    await expect(page.get_by_role("link", name="Back to the catch-up")).to_be_visible()


@pytest.mark.parametrize(("script", "says"), [
    (LOCKED_DOWN, "This browser cannot make video calls"),
    ("delete window.WebSocket", "This browser is too old for calls."),
])  # fmt: skip
async def test_a_browser_that_cannot_call_says_so(
    shared_fireside: Fireside, mentor: Page, script: str, says: str
) -> None:
    await mentor.add_init_script(script)
    await mentor.goto(shared_fireside.links["booking_mentor"])
    await mentor.get_by_role("button", name="Join call", exact=True).click()
    await expect(mentor.locator(SAYS)).to_contain_text(says)
    await stays_calm(mentor)


async def test_it_leads_to_the_number_where_both_would_go_on_by_phone(
    fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    for page, link in ((mentor, "booking_mentor"), (mentee, "booking_mentee")):
        await allow(page, fireside.links[link])
    await mentor.add_init_script(LOCKED_DOWN)
    await mentor.get_by_role("button", name="Join call", exact=True).click()
    await mentor.get_by_role("link", name="Go on by phone").click()
    await expect(mentor.get_by_role("heading", name="Phone, if the video fails")).to_be_in_viewport()


async def test_the_browser_of_an_app_copies_a_link_that_opens_in_another(
    shared_fireside: Fireside, chromium: Browser
) -> None:
    context = await chromium.new_context(viewport=PHONE, user_agent=INSTAGRAM, locale="en")
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await to_lobby(page, shared_fireside.links["booking_mentee"])
    await expect(page.locator(SAYS)).to_contain_text("You are in the browser of an app")
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = await page.evaluate("navigator.clipboard.readText()")
    assert await page.get_by_label("Your link").input_value() == link
    elsewhere = await new_page(chromium, PHONE)
    await elsewhere.goto(link)
    await expect(elsewhere.get_by_role("heading", name=f"Catch-up with {MENTOR}")).to_be_visible()
    await expect(elsewhere.get_by_role("button", name="Join call", exact=True)).to_be_visible()
    for each in (elsewhere.context, context):
        await each.close()


async def test_without_camera_and_microphone_one_can_come_in_and_see(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(NO_CAPTURE)
    await into_call(shared_fireside, mentor, mentee)
    await sees_tile(mentee.evaluate, here="in", microphone="off", camera="off")
    await sees_and_hears(mentor.evaluate)
    await mentor.reload()
    await expect(mentor.locator(SAYS)).to_contain_text("This browser gives pages no camera and no microphone.")


async def test_a_browser_of_three_years_ago_makes_the_call(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(OLDER)
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await sees_and_hears(mentee.evaluate)
    await mentor.get_by_role("button", name="Settings", exact=True).click()
    await expect(mentor.get_by_role("dialog").get_by_label("Microphone")).to_be_visible()
    await expect(mentor.get_by_role("dialog").get_by_label("Speaker")).to_be_hidden()


async def test_a_network_without_sockets_is_not_waited_for(shared_fireside: Fireside, mentor: Page) -> None:
    await mentor.add_init_script(NO_SOCKETS)
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    banner = mentor.locator("#banner")
    await expect(banner).to_contain_text("This network does not let the call through.")
    await mentor.get_by_role("button", name="Enter", exact=True).click()
    await expect(banner).to_contain_text("Try another network, such as mobile data")


async def test_a_lobby_whose_scripts_do_not_run_says_so(shared_fireside: Fireside, chromium: Browser) -> None:
    page = await new_page(chromium, PHONE)
    await page.route("**/js/pages/call.js", lambda route: route.abort())
    await page.goto(shared_fireside.links["booking_mentee"])
    await page.get_by_role("button", name="Join call", exact=True).click()
    await expect(page.get_by_text("Does nothing happen here?")).to_be_visible()
    await page.context.close()


BANNER = """[document.querySelector('#banner').textContent, window.fireside.pc().connectionState,
  document.querySelector('#quality').textContent]"""


async def says_that_it_stands_still(fireside: Fireside, evaluate) -> None:
    """Stops the relay, as a machine that hangs: the page says so, before the browser itself has noticed anything."""
    [relay] = fireside.relay_pids()
    os.kill(relay, signal.SIGSTOP)
    stopped = monotonic()
    try:
        seen: list[str] = ["", "", ""]
        while not seen[0] and monotonic() - stopped < HANGING:
            seen = await evaluate(BANNER)
        print(f"said after {monotonic() - stopped:.1f} s")
        # No connection is called good meanwhile.
        assert seen == ["Reconnecting… just a moment.", "connected", ""]
    finally:
        with suppress(ProcessLookupError):
            os.kill(relay, signal.SIGCONT)


async def test_a_picture_that_stands_still_is_said_within_seconds(
    fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await expect(mentor.locator("#quality")).to_have_text("Connection: good")
    await says_that_it_stands_still(fireside, mentor.evaluate)
    await sees_and_hears(mentor.evaluate)
    await until(lambda: mentor.evaluate("!document.querySelector('#banner').textContent"), what="no banner")


async def test_firefox_says_it_too(fireside: Fireside, firefox: Firefox, mentee: Page) -> None:
    await firefox_into_call(fireside, firefox, mentee)
    await sees_and_hears(firefox.evaluate)
    await says_that_it_stands_still(fireside, firefox.evaluate)


async def test_what_is_said_of_the_other_is_true_and_escape_closes_what_it_should(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    """The announcer's sentences are kept as a screen reader would read them."""
    heard = """window.heard = []; const announcer = document.querySelector('#announcer');
      new MutationObserver(() => heard.push(announcer.textContent)).observe(announcer, {childList: true})"""
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await mentor.evaluate(heard)
    quality = mentor.locator("#quality")
    await expect(quality).to_have_text("Connection: good")
    await mentee.get_by_role("button", name="Leave", exact=True).click()
    await sees_no_tile(mentor.evaluate)
    await expect(quality).to_be_empty()
    await mentee.get_by_role("button", name="Enter again", exact=True).click()
    await expect(quality).to_have_text("Connection: good")

    withdraw = mentor.get_by_role("button", name="Withdraw", exact=True)
    await withdraw.click()
    await expect(mentor.get_by_role("dialog")).to_be_visible()
    await mentor.keyboard.press("Escape")
    await expect(mentor.get_by_role("dialog")).to_be_hidden()
    await expect(withdraw).to_be_focused()
    await sees_tile(mentor.evaluate, here="in")

    await mentor.get_by_role("button", name="Leave", exact=True).click()
    await expect(mentor.get_by_role("heading", name="Thank you for meeting.")).to_be_focused()
    said = json.dumps(await mentor.evaluate("heard"))
    assert said.count(f"{MENTEE} left.") == 1, said


async def test_a_page_from_the_browsers_cache_is_loaded_again(shared_fireside: Fireside, mentor: Page) -> None:
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    await expect(mentor.locator("[data-ready=yes]")).to_be_attached()
    await mentor.evaluate("window.loaded = 'before'")
    async with mentor.expect_navigation():
        await mentor.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert await mentor.evaluate("window.loaded") is None
    await expect(mentor.get_by_role("button", name="Enter", exact=True)).to_be_enabled()
