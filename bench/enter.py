"""The time from 'Enter' to the first picture: through Fireside, and directly between two connections of one page.

Run by `make bench`. Prints the medians of ROUNDS of both, their ratio, and the CPU time that one call needs in the
relay process.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.cast import Fireside, until
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.journeys.conftest import DESK, new_page, to_lobby

ROUNDS = 20
CALL_S = 20

# Two connections in one page: the same camera and microphone, offer and answer handed over directly.
DIRECT = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 1280, height: 720}});
  const began = performance.now();
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({candidate}) => candidate && far.addIceCandidate(candidate);
  far.onicecandidate = ({candidate}) => candidate && near.addIceCandidate(candidate);
  const video = Object.assign(document.createElement("video"), {autoplay: true, muted: true});
  document.body.append(video);
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())));
  const remote = new MediaStream();
  video.srcObject = remote;
  far.ontrack = ({track}) => remote.addTrack(track);
  for (const track of stream.getTracks()) near.addTrack(track, stream);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  const took = (await shown) - began;
  near.close(); far.close(); video.remove();
  for (const track of stream.getTracks()) track.stop();
  return took;
}"""

ENTERED = "(() => { const m = window.fireside.marks; return m.firstFrame ? m.firstFrame - m.enter : 0; })()"


async def through_fireside(page: Page) -> float:
    """The time for one person to enter, in ms, with the other already in the call."""
    await page.get_by_role("button", name="Enter", exact=True).click()
    took = await until(lambda: page.evaluate(ENTERED), what="a first frame")
    return float(took)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = await Fireside.start(Path(folder) / "data")
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
                mentor, mentee = [await new_page(browser, DESK) for _ in range(2)]
                await to_lobby(mentor, house.links["booking_mentor"])
                await mentor.get_by_role("button", name="Enter", exact=True).click()
                ours, direct = [], []
                for _ in range(ROUNDS):
                    await to_lobby(mentee, house.links["booking_mentee"])
                    ours.append(await through_fireside(mentee))
                    direct.append(await mentee.evaluate(DIRECT))
                [pid] = house.relay_pids()
                began, before = time.monotonic(), cpu_seconds(pid)
                await asyncio.sleep(CALL_S)
                share = (cpu_seconds(pid) - before) / (time.monotonic() - began)
                await browser.close()
        finally:
            await house.stop()
    print(f"Enter to first frame, median of {ROUNDS}: through Fireside {statistics.median(ours):.0f} ms,", end=" ")
    print(f"direct {statistics.median(direct):.0f} ms, ratio {statistics.median(ours) / statistics.median(direct):.2f}")
    print(f"CPU of the relay process for one call of two: {share * 100:.1f} % of a core")


if __name__ == "__main__":
    asyncio.run(main())
