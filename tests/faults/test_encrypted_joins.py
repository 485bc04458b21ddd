"""Joining a call again and again: picture and sound are there each time, and encrypted.

Chromium does not use about one transform in 500, and frames would pass as they are: the page sees that, and connects
again. FIRESIDE_FAULTS=long (`make faults`) joins 500 times.
"""

import os
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.cast import until
from tests.journeys.conftest import DESK, new_page
from tests.journeys.room import Room

pytestmark = pytest.mark.alone

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
JOINS = 500 if LONG else 4
# What has been decoded here, of sound and of picture.
DECODED = """(async () => {
  const found = {sound: 0, picture: 0};
  for (const report of (await window.fireside.pc()?.getStats() ?? new Map()).values()) {
    if (report.type !== "inbound-rtp") continue;
    found.picture += report.framesDecoded ?? 0;
    if (report.totalAudioEnergy > 0) found.sound = 1;
  }
  return found;
})()"""


async def plays(page: Page) -> bool:
    now = await page.evaluate(DECODED)
    return bool(now["sound"] and now["picture"] >= 3)


@pytest.mark.timeout(60 + 20 * JOINS)
async def test_each_join_is_encrypted_and_plays(chromium: Browser, tmp_path: Path) -> None:
    async with Room(tmp_path, seats=2) as room:
        ann, ben = await new_page(chromium, DESK), await new_page(chromium, DESK)
        unused: list[str] = []
        for page in (ann, ben):
            page.on("console", lambda said: unused.append(said.text) if "transform" in said.text else None)
            await page.goto(room.link("ann" if page is ann else "ben"))
            await page.get_by_role("button", name="Enter", exact=True).click()
        took = []
        for number in range(JOINS):
            began = time.monotonic()
            await until(lambda: plays(ben), what=f"sound and picture of join {number}")
            took.append(time.monotonic() - began)
            state = await ben.locator("#encryption-state").text_content()
            assert state == "Sound, pictures and chat are encrypted from browser to browser."
            await ben.evaluate("shown = [...document.querySelectorAll('#stage video')]")
            await ben.get_by_role("button", name="Leave", exact=True).click()
            await ben.get_by_role("button", name="Enter again", exact=True).click()
            # A page may have a thousand players: one that keeps its stream is counted until it is collected.
            await ben.wait_for_function("shown.length && shown.every((video) => video.srcObject === null)")
        await until(lambda: plays(ann), what="sound and picture at the other end")
        took.sort()
        print(f"{JOINS} joins, {took[len(took) // 2]:.2f} s at the median, {took[-1]:.2f} s at most; {unused}")
        for page in (ann, ben):
            assert page.errors == []
            await page.context.close()
