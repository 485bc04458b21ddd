"""The conversation around the picture: chat, raised hands and keys, between Firefox and Chromium."""

import json

from playwright.async_api import Page, expect

from tests.cast import MENTEE, MENTOR, Fireside, until
from tests.firefox import Firefox
from tests.journeys.conftest import firefox_into_call, into_call
from tests.journeys.seen import Evaluate, sees_and_hears, sees_tile
from tests.journeys.test_accessibility import AXE, LOOK

# Everything that a screen reader is told, in order.
LISTEN = """(() => {
  const announcer = document.querySelector('#announcer');
  window.said = [];
  new MutationObserver(() => said.push(announcer.textContent)).observe(announcer, {childList: true});
})()"""
LINES = "[...document.querySelectorAll('#chat-lines .text')].map((line) => line.textContent)"
WRITE = """((text) => {
  const field = document.querySelector('#chat-message');
  field.value = text;
  field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
})(%s)"""
# A picture of 900 by 600, pasted as from a screenshot.
PASTE = """(async () => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 900, height: 600});
  const context = canvas.getContext('2d');
  for (let x = 0; x < 900; x += 10) {
    context.fillStyle = `hsl(${x} 70% 50%)`;
    context.fillRect(x, 0, 10, 600);
  }
  const data = new DataTransfer();
  data.items.add(new File([await new Promise((done) => canvas.toBlob(done))], 'x.png', {type: 'image/png'}));
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector('#chat-message').dispatchEvent(event);
})()"""
PICTURE = "document.querySelector('#chat-lines img')?.naturalWidth ?? 0"
BADGE = "document.querySelector('#chat .badge').dataset.count"
PARTS = """(async () => {
  const source = [...performance.getEntriesByType('resource')].find(({name}) => name.endsWith('/chat-message.js')).name;
  const {parts, read} = await import(source);
  const texts = ['none', 'a https://example.org/x?y=(1). b', '(https://example.org)', 'javascript:alert(1) http://a.b'];
  const bad = ['', '[]', '{"text": 1}', '{"text": "x", "picture": "javascript:1"}',
    '{"picture": "data:image/svg+xml;base64,AA"}', '{"picture": "data:image/png;base64,AA=="}'];
  return [texts.map(parts), bad.map(read)];
})()"""


async def says(evaluate: Evaluate, text: str) -> None:
    await until(lambda: evaluate(f"said.some((line) => line.includes({json.dumps(text)}))"), what=text)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def test_firefox_and_chromium_write_to_each_other(
    shared_fireside: Fireside, firefox: Firefox, mentee: Page
) -> None:
    await firefox_into_call(shared_fireside, firefox, mentee)
    await sees_and_hears(firefox.evaluate, 10)
    for evaluate in (firefox.evaluate, mentee.evaluate):
        await evaluate(LISTEN)

    await firefox.press("Chat")
    await firefox.evaluate(WRITE % json.dumps("See https://example.org/a, please."))
    await says(mentee.evaluate, f"{MENTOR} wrote: See https://example.org/a, please.")
    chat = mentee.get_by_role("button", name="Chat", exact=True)
    await expect(chat.locator(".badge")).to_have_attribute("data-count", "1")
    await expect(mentee.locator("#chat-unread")).to_have_text("1 unread")
    await chat.click()
    await expect(chat.locator(".badge")).to_be_hidden()
    link = mentee.get_by_role("link", name="https://example.org/a", exact=True)
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(mentee.get_by_text("It is not stored")).to_be_visible()

    field = mentee.get_by_label("Message")
    await expect(field).to_be_focused()
    await mentee.get_by_role("button", name="Keep this", exact=True).click()
    await until(
        lambda: firefox.evaluate(
            "document.querySelector('#shared-notes').value === 'See https://example.org/a, please.'"
        ),
        what="the line in the notes",
    )
    await field.focus()
    await field.fill("مرحبا 👋")
    await field.press("Shift+Enter")
    await field.press("Enter")
    await says(firefox.evaluate, f"{MENTEE} wrote: مرحبا 👋")
    await mentee.evaluate(PASTE)
    await expect(mentee.get_by_alt_text("The picture that you are about to send")).to_be_visible()
    await field.press("Enter")
    await says(firefox.evaluate, f"{MENTEE} sent a picture.")
    await until(lambda: firefox.evaluate(f"{PICTURE} >= 200"), what="the picture")
    both = ["See https://example.org/a, please.", "مرحبا 👋"]
    assert await firefox.evaluate(LINES) == await mentee.evaluate(LINES) == both
    # Its panel is open: nothing is unread.
    assert await firefox.evaluate(BADGE) == "0"
    assert await mentee.evaluate(PARTS) == [
        [
            ["none"],
            ["a ", "https://example.org/x?y=(1", "). b"],
            ["(", "https://example.org", ")"],
            ["javascript:alert(1) ", "http://a.b", ""],
        ],
        [
            {"text": "", "picture": ""},
            {"text": "", "picture": ""},
            {"text": "", "picture": ""},
            {"text": "x", "picture": ""},
            {"text": "", "picture": ""},
            {"text": "", "picture": "data:image/png;base64,AA=="},
        ],
    ]

    # Who comes late reads what was written in this call, and then nobody.
    await mentee.reload()
    await press(mentee, "Enter")
    await until(
        lambda: mentee.evaluate(
            f"JSON.stringify({LINES}) === {json.dumps(json.dumps(both, ensure_ascii=False, separators=(',', ':')))}"
        ),
        what="all lines",
    )
    await mentee.evaluate(AXE.read_text())
    assert await mentee.evaluate(LOOK) == []


async def test_what_the_server_did_not_get_is_sent_again_once(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    lose_one = """const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (text) {
        const chat = text.includes('"chat"');
        if (chat) window.chats = (window.chats ?? 0) + 1;
        if (!chat || window.chats > 1) send.call(this, text);
        if (chat && window.chats === 2) send.call(this, text);
      }"""
    await mentor.add_init_script(lose_one)
    await into_call(shared_fireside, mentor, mentee)
    await sees_tile(mentor.evaluate, here="in")
    await mentor.keyboard.press("c")
    field = mentor.get_by_label("Message")
    await field.fill("Once")
    await field.press("Enter")
    await expect(mentor.get_by_text("sending…")).to_be_visible()
    await expect(mentor.get_by_text("sending…")).to_be_hidden()
    await until(lambda: mentee.evaluate(f"JSON.stringify({LINES}) === '[\"Once\"]'"), what="the line")
    for number in range(14):
        await field.fill(f"Line {number}")
        await field.press("Enter")
    # Faster than the server takes them, and still all of them, in order.
    wanted = ["Once", *(f"Line {number}" for number in range(14))]
    await until(lambda: mentee.evaluate(f"{LINES}.length === {len(wanted)}"), what="all lines")
    assert await mentee.evaluate(LINES) == wanted
    await field.press("Escape")
    await expect(field).to_be_hidden()
    await expect(mentor.get_by_role("button", name="Chat", exact=True)).to_be_focused()


async def test_hands_and_keys(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentee.evaluate, 10)
    for page in (mentor, mentee):
        await page.evaluate(LISTEN)
    await press(mentor, "Raise hand")
    await sees_tile(mentee.evaluate, hand="up")
    await says(mentee.evaluate, f"{MENTOR} raised a hand.")
    await says(mentor.evaluate, "Your hand is raised.")
    await mentor.keyboard.press("h")
    await sees_tile(mentee.evaluate, hand="down")
    await says(mentee.evaluate, f"{MENTOR} lowered the hand.")
    # On a phone it is in the menu.
    await expect(mentee.get_by_role("button", name="Raise hand", exact=True)).to_be_hidden()
    await press(mentee, "More")
    await press(mentee, "Raise hand")
    await sees_tile(mentor.evaluate, hand="up")
    await mentee.reload()
    await press(mentee, "Enter")
    await sees_tile(mentor.evaluate, here="in", hand="down")

    # The space bar talks while it is held, and a short press of the button with the focus is one of the button.
    await mentor.keyboard.press("m")
    await sees_tile(mentee.evaluate, microphone="off")
    await mentor.locator("#main").focus()
    await mentor.keyboard.down(" ")
    await sees_tile(mentee.evaluate, microphone="on")
    await sees_and_hears(mentee.evaluate, 10)
    await mentor.keyboard.up(" ")
    await sees_tile(mentee.evaluate, microphone="off")
    await mentor.locator("#mute").focus()
    await mentor.keyboard.press(" ")
    await sees_tile(mentee.evaluate, microphone="on")

    await mentor.keyboard.press("?")
    sheet = mentor.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(sheet).to_be_visible()
    await mentor.evaluate(AXE.read_text())
    assert await mentor.evaluate(LOOK) == []
    await sheet.get_by_label("Use these keys").uncheck()
    await mentor.keyboard.press("Escape")
    await mentor.keyboard.press("m")
    await mentor.keyboard.press("c")
    await expect(mentor.get_by_label("Message")).to_be_hidden()
    await sees_tile(mentee.evaluate, microphone="on")
