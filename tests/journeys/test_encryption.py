"""Calls are encrypted from browser to browser: a relay that reads what it forwards learns nothing, and pages say so."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from signaling.hub import supervisor
from tests.cast import until
from tests.journeys.conftest import DESK, forget_the_outage, new_page
from tests.journeys.room import Room
from tests.journeys.seen import sees_and_hears
from tests.journeys.test_accessibility import AXE, LOOK
from tests.signaling.callers import pid_of

TAP = Path(__file__).parents[1] / "tapping_relay.py"
# What the page tells its worker: the secrets that it encrypts with, and wrong ones for what it receives if wished.
WATCH_KEYS = """(() => {
  window.secrets = [];
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (said, ...rest) {
    if (said.type === "send") secrets.push(String(said.secret));
    if (said.type === "receive" && window.wrong) said = {...said, secret: new Uint8Array(32)};
    return post.call(this, said, ...rest);
  };
})()"""
UNABLE = "delete window.RTCRtpScriptTransform"
# Chromium leaves about one transform in 500 unused, without a word: here, each one of what is sent.
UNUSED = "Object.defineProperty(RTCRtpSender.prototype, 'transform', {set() {}, get() { return null; }})"
NO_DEVICES = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }"
TILES_SAY = "[...document.querySelectorAll('.tile .says')].map((each) => each.textContent)"
START_CODE = b"\x9d\x01\x2a"
TRAILER = 21
# So many bytes a black picture or silence takes at most; camera and microphone take more.
BLACK, SILENCE = 1000, 40
WRITTEN = "Nobody on the way reads this"


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    """Whose relay process writes down what it forwards."""
    start = subprocess.Popen

    def start_tapping(command: list[str], **settings: object) -> subprocess.Popen[bytes]:
        assert command[1:4] == ["-P", "-m", "signaling.worker.main"]
        return start([sys.executable, str(TAP), *command[4:]], **settings)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setenv("TAPPED", str(tmp_path / "tapped"))
    monkeypatch.setattr(supervisor.subprocess, "Popen", start_tapping)
    async with Room(tmp_path, seats=3) as room:
        yield room


async def open_page(browser: Browser, *scripts: str) -> Page:
    page = await new_page(browser, DESK)
    for script in scripts:
        await page.add_init_script(script)
    return page


async def enter(page: Page, room: Room, person: str) -> None:
    await page.goto(room.link(person))
    await page.get_by_role("button", name="Enter", exact=True).click()


def tapped(room: Room) -> tuple[list[bytes], list[bytes]]:
    """The pictures' payloads, and each block of the sound."""
    pictures, blocks = [], []
    for line in (room.folder / "tapped").read_text().splitlines():
        kind, redundant, content = line.split(" ")
        payload = bytes.fromhex(content)
        if kind == "video":
            pictures.append(payload)
        elif redundant == "1":
            blocks.extend(newest_and_older(payload))
        else:
            blocks.append(payload)
    return pictures, blocks


def newest_and_older(payload: bytes) -> list[bytes]:
    """The blocks of redundant audio (RFC 2198)."""
    sizes, at = [], 0
    while payload[at] & 0x80:
        sizes.append(int.from_bytes(payload[at + 2 : at + 4]) & 0x3FF)
        at += 4
    at += 1
    found = []
    for size in sizes:
        found.append(payload[at : at + size])
        at += size
    return [*found, payload[at:]]


def keyframes(pictures: list[bytes]) -> int:
    """Payloads that begin with a readable keyframe of VP8 (RFC 6386 section 9.1), after at most 6 bytes of RFC 7741."""
    return sum(START_CODE in payload[: 6 + 3 + len(START_CODE)] for payload in pictures)


async def pictures_of(page: Page) -> list[str]:
    shown: list[str] = await page.locator(".safety-words li").all_text_contents()
    return shown


async def says_of(page: Page, text: str) -> None:
    await expect(page.locator(".encryption-of").first).to_have_text(text)


@pytest.mark.alone
async def test_a_relay_that_reads_what_it_forwards_learns_nothing(chromium: Browser, room: Room) -> None:
    ann, ben = [await open_page(chromium, WATCH_KEYS) for _ in range(2)]
    said: list[str] = []
    ann.on("websocket", lambda socket: socket.on("framesent", lambda text: said.append(str(text))))
    for page, person in ((ann, "ann"), (ben, "ben")):
        await enter(page, room, person)
    for page in (ann, ben):
        await sees_and_hears(page.evaluate, 10, 60)
    await ann.get_by_role("button", name="Chat", exact=True).click()
    await ann.get_by_label("Message").fill(WRITTEN)
    await ann.get_by_label("Message").press("Enter")
    await ben.get_by_role("button", name="Chat", exact=True).click()
    await expect(ben.locator("#chat-lines .text")).to_have_text(WRITTEN)
    assert any('"type":"chat"' in text for text in said)
    assert [text for text in said if WRITTEN in text] == []

    pictures, blocks = tapped(room)
    assert min(len(pictures), len(blocks)) > 100
    assert keyframes(pictures) == 0
    assert (len(set(pictures)), len(set(blocks))) == (len(pictures), len(blocks))
    # The first block of all may repeat nothing, and is empty.
    assert min(map(len, filter(None, blocks))) > TRAILER
    # The two compare their pictures; the device is recognised the next time.
    for page in (ann, ben):
        await page.get_by_role("button", name="Settings", exact=True).click()
    dialog = ann.get_by_role("dialog", name="Settings")
    await expect(dialog.get_by_role("heading", name="Encryption")).to_be_visible()
    await says_of(ann, "Ben: On, not checked")
    await says_of(ben, "Ann: On, not checked")
    assert len(await pictures_of(ann)) == 4
    assert await pictures_of(ann) == await pictures_of(ben)
    await ann.evaluate(AXE.read_text())
    assert await ann.evaluate(LOOK) == []
    await dialog.get_by_role("button", name="We see the same").click()
    await says_of(ann, "Ben: On and checked")
    before = await pictures_of(ann)
    secrets = await ann.evaluate("secrets.length")
    await enter(ben, room, "ben")
    for page in (ann, ben):
        await sees_and_hears(page.evaluate, 10, 60)
    await says_of(ann, "Ben: On and checked")
    await says_of(ben, "Ann: On, the same device as last time")
    assert await pictures_of(ann) == await pictures_of(ben) != before
    assert await ann.evaluate("secrets.length") > secrets
    # The line from before is read by the browser that came later.
    await ben.get_by_role("button", name="Chat", exact=True).click()
    await expect(ben.locator("#chat-lines .text")).to_have_text(WRITTEN)

    # With a wrong key nothing plays, and the page says so, until the right one is there.
    await ben.evaluate("window.wrong = true")
    await ann.evaluate("fireside.pc().close()")
    await enter(ann, room, "ann")
    await until(
        lambda: ben.evaluate(f'{TILES_SAY}.includes("Ann\'s sound cannot be read.")'), what="what cannot be read"
    )
    await sees_and_hears(ann.evaluate, 10, 60)
    await ben.evaluate("window.wrong = false")
    await sees_and_hears(ben.evaluate, 10, 60)
    await until(lambda: ben.evaluate(f"{TILES_SAY}.every((each) => !each)"), what="readable again")

    # The death of the relay process, and a leave, bring fresh keys, too.
    forget_the_outage(ann, ben)
    used = [set(await page.evaluate("secrets")) for page in (ann, ben)]
    os.kill(pid_of(room.hub), signal.SIGKILL)
    for page, then in zip((ann, ben), used, strict=True):
        await until(lambda page=page, then=then: has_new_secret(page, then), what="a fresh key")
        await sees_and_hears(page.evaluate, 10, 60)
    used = [set(await page.evaluate("secrets")) for page in (ann, ben)]
    await ben.get_by_role("button", name="Leave", exact=True).click()
    await until(lambda: has_new_secret(ann, used[0]), what="a fresh key")
    forget_the_outage(ann, ben)
    for page in (ann, ben):
        assert page.errors == []
        await page.context.close()


async def has_new_secret(page: Page, then: set[str]) -> bool:
    return bool(set(await page.evaluate("secrets")) - then)


@pytest.mark.alone
async def test_of_a_browser_that_does_not_use_its_transforms_nothing_leaves_but_black_and_silence(
    chromium: Browser, room: Room
) -> None:
    ann, ben = await open_page(chromium, UNUSED), await open_page(chromium, NO_DEVICES)
    unused: list[str] = []
    ann.on("console", lambda said: unused.append(said.text) if "transform" in said.text else None)
    await enter(ben, room, "ben")
    await enter(ann, room, "ann")
    # It connects again each time that it notices, which ends nothing of this.
    await until(lambda: len(unused) >= 2, what="transforms that are not used")
    pictures, blocks = tapped(room)
    assert keyframes(pictures) > 0
    assert len(blocks) > 20
    print(f"pictures of at most {max(map(len, pictures))} bytes, sound of at most {max(map(len, blocks))}")
    assert max(map(len, pictures)) < BLACK
    assert max(map(len, blocks)) < SILENCE
    for page in (ann, ben):
        await page.context.close()


@pytest.mark.alone
async def test_with_a_browser_that_cannot_it_is_off_and_each_page_says_so(chromium: Browser, room: Room) -> None:
    ann, ben = await open_page(chromium), await open_page(chromium, UNABLE)
    for page, person in ((ann, "ann"), (ben, "ben")):
        await enter(page, room, person)
    for page in (ann, ben):
        await sees_and_hears(page.evaluate, 10, 60)
    for page, why in ((ann, "Off, because Ben's browser cannot."), (ben, "Off, because your browser cannot.")):
        await page.get_by_role("button", name="Settings", exact=True).click()
        await expect(page.locator("#encryption-state")).to_have_text(why)
        await expect(page.locator(".safety-words")).to_have_count(0)
    # What the tap sees of such a call shows that it would see it in the other test, too.
    pictures, blocks = tapped(room)
    assert keyframes(pictures) > 0
    assert len(set(blocks)) < len(blocks)
    assert (max(map(len, pictures)) > BLACK, max(map(len, blocks)) > SILENCE) == (True, True)
    # Alone or with others who can, it is on again.
    await ben.get_by_role("button", name="Done", exact=True).click()
    await ben.get_by_role("button", name="Leave", exact=True).click()
    await expect(ann.locator("#encryption-state")).to_have_text("It begins when somebody else is in the call.")
    for page in (ann, ben):
        assert page.errors == []
        await page.context.close()
