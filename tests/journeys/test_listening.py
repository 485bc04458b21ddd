"""Each sees for themselves how the speaking time was shared, from what the relay reads in packet headers.

FIRESIDE_FAULTS=long listens for a minute.
"""

import os
import re

import pytest
from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import into_call
from tests.journeys.test_accessibility import AXE, LOOK

SECONDS = 60 if os.environ.get("FIRESIDE_FAULTS") == "long" else 20
# A microphone that is loud for so many seconds of each four, and else silent.
TALK = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const tone = context.createOscillator();
  const loudness = context.createGain();
  loudness.gain.value = 0;
  tone.connect(loudness).connect(out);
  tone.start();
  window.talk = () => {
    for (let at = 0; at < 600; at += 4) {
      loudness.gain.setValueAtTime(0.3, context.currentTime + at + %(begin)s);
      loudness.gain.setValueAtTime(0, context.currentTime + at + %(end)s);
    }
  };
  return new MediaStream([...out.stream.getTracks()]);
};
"""
SHARES = "document.querySelector('#speaking-bar').getAttribute('aria-label')"


async def shares(page: Page) -> list[int]:
    """In the last ten minutes, and of all."""
    return [int(number) for number in re.findall(r"(\d+) percent", await page.evaluate(SHARES) or "")]


async def test_the_share_is_right_and_either_turns_it_off_for_both(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(TALK % {"begin": 0, "end": 3})
    await mentee.add_init_script(TALK % {"begin": 3, "end": 4})
    await into_call(shared_fireside, mentor, mentee)
    for page in (mentor, mentee):
        await expect(page.locator(".tile")).to_have_attribute("data-here", "in")
        await until(lambda page=page: page.evaluate("window.fireside.pc().connectionState === 'connected'"))
        await page.evaluate("window.talk()")
    bar = mentor.locator("#speaking-bar")
    await expect(bar).to_be_visible()
    await mentor.wait_for_timeout(SECONDS * 1000)
    found = [await shares(page) for page in (mentor, mentee)]
    print(f"after {SECONDS} s of 75 and 25: {found}")
    assert found == [[pytest.approx(75, abs=5)] * 2, [pytest.approx(25, abs=5)] * 2]
    await mentor.evaluate(AXE.read_text())
    assert await mentor.evaluate(LOOK) == []

    await mentee.get_by_role("button", name="Turn the speaking times off for everybody", exact=True).click()
    for page in (mentor, mentee):
        await expect(page.locator("#speaking")).to_be_hidden()
    await expect(mentor.locator("#announcer")).to_have_text("Speaking times are off for everybody in this call.")
    await mentor.reload()
    await mentor.get_by_role("button", name="Enter", exact=True).click()
    await expect(mentee.locator(".tile")).to_have_attribute("data-here", "in")
    await expect(mentor.locator("#speaking")).to_be_hidden()
