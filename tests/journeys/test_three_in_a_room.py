"""Three browsers in one room: everybody sees and hears everybody; one is shown large, one shares and is killed."""

import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.cast import until
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.firefox import Firefox
from tests.journeys.conftest import DESK, PHONE, new_page
from tests.journeys.room import Room
from tests.journeys.test_accessibility import AXE, LOOK

PEOPLE = ("ann", "ben", "cleo")
FRAMES = 30

# For each tile: frames drawn, the longest gap between two, and every change of what the tile says; by person.
WATCH = """(() => {
  window.watched = {};
  for (const tile of document.querySelectorAll(".tile")) {
    const seen = window.watched[tile.dataset.person] = {frames: 0, gap: 0, changes: [], tile};
    const face = tile.querySelector(".face");
    let last = performance.now();
    const drawn = () => {
      const now = performance.now();
      seen.gap = Math.max(seen.gap, now - last);
      last = now;
      seen.frames += 1;
      face.requestVideoFrameCallback(drawn);
    };
    face.requestVideoFrameCallback(drawn);
    const said = ["data-here", "data-camera", "data-screen", "data-microphone"];
    new MutationObserver((records) => records.forEach((record) => {
      if (tile.getAttribute(record.attributeName) !== record.oldValue) seen.changes.push(record.attributeName);
    })).observe(tile, {attributeFilter: said, attributeOldValue: true});
  }
})()"""
WATCHED = """Object.fromEntries(Object.entries(window.watched).map(([person, seen]) => [person,
  {frames: seen.frames, gap: Math.round(seen.gap), changes: seen.changes, there: seen.tile.isConnected}]))"""
# What comes in every slot: frames decoded of pictures and sound energy, by the tile's person.
FIGURES = """(async () => {
  const found = {};
  for (const tile of document.querySelectorAll(".tile")) {
    const face = tile.querySelector(".face");
    const figures = {frames: 0, energy: 0, width: face.videoWidth, screen: tile.querySelector(".screen").videoWidth};
    for (const track of face.srcObject.getTracks())
      for (const report of (await window.fireside.pc().getStats(track)).values()) {
        if (report.type !== "inbound-rtp") continue;
        figures.frames += report.framesDecoded ?? 0;
        figures.energy += report.totalAudioEnergy ?? 0;
      }
    found[tile.dataset.person] = figures;
  }
  return found;
})()"""
LIMITED = """(async () => {
  for (const report of (await window.fireside.pc().getStats()).values())
    if (report.type === "candidate-pair" && report.nominated) return Math.round(report.availableOutgoingBitrate / 1000);
})()"""
# Chromium lays bandwidth by for each picture that is active, shown or not.
ACTIVE = "window.fireside.pc().getSenders().slice(0, 3).map((sender) => sender.getParameters().encodings[0].active)"
SIZES = """Object.fromEntries([...document.querySelectorAll(".tile")].map((tile) =>
  [tile.dataset.person, Math.round(tile.getBoundingClientRect().width)]))"""
ENCRYPTED = "document.querySelector('#encryption-state').textContent"
# A headless browser has no screen: what is shared is a canvas that changes.
SCREEN = """navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1024, height: 640});
  const context = canvas.getContext("2d");
  setInterval(() => {
    context.fillStyle = `hsl(${performance.now() / 20 % 360} 60% 50%)`;
    context.fillRect(0, 0, 1024, 640);
  }, 100);
  return canvas.captureStream(10);
}"""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with Room(tmp_path, seats=3) as room:
        yield room


@pytest.fixture
async def open_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with Room(tmp_path, seats=3, bind="::") as room:
        yield room


@pytest.fixture
async def sharers_browser() -> AsyncIterator[Browser]:
    """A browser of its own, which the test kills."""
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)


async def enter(browser: Browser, room: Room, person: str, viewport: dict[str, int]) -> Page:
    page = await new_page(browser, viewport)
    await page.add_init_script(SCREEN)
    await page.goto(room.link(person))
    await page.get_by_role("button", name="Enter", exact=True).click()
    return page


async def sees_and_hears(page: Page | Firefox, *others: str) -> None:
    before = await page.evaluate(FIGURES)

    async def enough() -> bool:
        now = await page.evaluate(FIGURES)
        for each in others:
            if each in before and each in now and now[each]["frames"] < before[each]["frames"]:
                # A new connection counts from 0.
                del before[each]
        return set(now) == set(others) and all(
            now[each]["frames"] >= before.get(each, {"frames": 0})["frames"] + 10
            and now[each]["energy"] > before.get(each, {"energy": 0})["energy"]
            for each in others
        )

    await until(enough, what=f"pictures and sound of {others}")


async def kill(browser: Browser) -> None:
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    os.kill(next(each["id"] for each in processes if each["type"] == "browser"), signal.SIGKILL)


@pytest.mark.alone
async def test_a_sharer_who_is_killed_disturbs_nobody(chromium: Browser, sharers_browser: Browser, room: Room) -> None:
    ann = await enter(chromium, room, "ann", DESK)
    ben = await enter(chromium, room, "ben", PHONE)
    cleo = await enter(sharers_browser, room, "cleo", DESK)
    pages = dict(zip(PEOPLE, (ann, ben, cleo), strict=True))
    for person, page in pages.items():
        await sees_and_hears(page, *(other for other in PEOPLE if other != person))
    offers = [len(await page.evaluate("window.fireside.pc().localDescription.sdp")) for page in pages.values()]
    began = time.monotonic()
    await cleo.get_by_role("button", name="Share screen").click()
    for page in (ann, ben):

        async def shown(page: Page = page) -> bool:
            return bool((await page.evaluate(FIGURES))["cleo"]["screen"] == 1024)

        await until(shown, what="the shared screen")
    shared = time.monotonic() - began
    assert [await page.evaluate(ACTIVE) for page in (ann, cleo)] == [[True, True, False], [True, True, True]]
    for page in (ann, ben):
        await page.evaluate(WATCH)
    others = dict(zip((ann, ben), ("ben", "ann"), strict=True))
    await until(lambda: drawn_since(others, FRAMES), 60, "pictures before")
    before = [await page.evaluate(WATCHED) for page in others]
    await kill(sharers_browser)

    async def missed() -> bool:
        tiles = [await page.locator('.tile[data-person="cleo"]').get_attribute("data-here") for page in (ann, ben)]
        return tiles == ["reconnecting"] * 2

    await until(missed, what="cleo's tile to say that she is reconnecting")
    frames = max(seen[other]["frames"] for seen, other in zip(before, others.values(), strict=True))
    await until(lambda: drawn_since(others, frames + 2 * FRAMES), 90, "pictures afterwards")
    watched = [await page.evaluate(WATCHED) for page in others]
    limits = [await page.evaluate(LIMITED) for page in others]
    print(f"offers of {offers} characters, screen seen after {shared:.2f} s, then {watched}, estimates {limits} kbit/s")
    for seen, then, other in zip(watched, before, others.values(), strict=True):
        assert seen[other]["there"]
        assert seen[other]["changes"] == []
        # Half a second would be seen as a flicker; a busy machine has such gaps without anybody's end, too.
        assert seen[other]["gap"] < max(1500, 3 * then[other]["gap"])


@pytest.mark.alone
async def test_two_chromiums_and_firefox_each_see_all_and_show_one_large(
    chromium: Browser, firefox: Firefox, open_room: Room
) -> None:
    room = open_room
    await firefox.goto(room.link("cleo"))

    async def in_lobby() -> bool:
        return bool(await firefox.evaluate("Boolean(window.fireside?.pc()?.localDescription)"))

    await until(in_lobby, what="Firefox's lobby")
    ann = await enter(chromium, room, "ann", DESK)
    ben = await enter(chromium, room, "ben", PHONE)
    await firefox.press("Enter")
    for person, page in (("ann", ann), ("ben", ben), ("cleo", firefox)):
        await sees_and_hears(page, *(other for other in PEOPLE if other != person))
        assert await page.evaluate(ENCRYPTED) == "Sound, pictures and chat are encrypted from browser to browser."
    assert await ann.evaluate(SIZES) == {"ben": 639, "cleo": 639}
    large = ann.get_by_role("button", name="Show Cleo large", exact=True)
    await large.click()
    sizes = await ann.evaluate(SIZES)
    assert (sizes["cleo"] > 1000, sizes["ben"] < 280) == (True, True)
    await ann.evaluate(AXE.read_text())
    assert await ann.evaluate(LOOK) == []
    await sees_and_hears(ann, "ben", "cleo")
    await ann.get_by_role("button", name="Show Ben large", exact=True).click()
    sizes = await ann.evaluate(SIZES)
    assert (sizes["ben"] > 1000, sizes["cleo"] < 280) == (True, True)
    await ann.get_by_role("button", name="Show Ben large", exact=True).click()
    assert await ann.evaluate(SIZES) == {"ben": 639, "cleo": 639}
    await ben.get_by_role("button", name="Show Cleo large", exact=True).click()
    for page in (ann, ben):
        assert page.errors == []
        await page.context.close()


async def drawn_since(others: dict[Page, str], frames: int) -> bool:
    """Whether each page has drawn so many frames of the other since it has been watched."""
    return all([(await page.evaluate(WATCHED))[other]["frames"] >= frames for page, other in others.items()])
