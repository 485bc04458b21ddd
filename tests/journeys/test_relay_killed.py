"""The relay decodes nothing, and its death is a pause of seconds."""

import os
import signal
from pathlib import Path

from playwright.async_api import Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import into_call, sign_in
from tests.journeys.seen import sees_and_hears

CODECS = ("libavcodec", "libvpx", "libopus", "libx264", "libdav1d")


def mapped_files(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


async def test_a_relay_without_any_codec_is_killed_and_picture_and_sound_are_back_without_a_click(
    fireside: Fireside, mentor: Page, mentee: Page, admin: Page
) -> None:
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    [pid] = fireside.relay_pids()
    mapped = mapped_files(pid)
    assert "libsrtp" in mapped or "pylibsrtp" in mapped
    assert [codec for codec in CODECS if codec in mapped] == []
    os.kill(pid, signal.SIGKILL)
    for page in (mentor, mentee):
        await expect(page.locator("#banner")).not_to_be_empty()
    for page in (mentor, mentee):
        await sees_and_hears(page.evaluate)
    for page in (mentor, mentee):
        await page.get_by_role("button", name="Leave", exact=True).click()
        await expect(page.get_by_role("heading", name="Thank you for meeting.")).to_be_visible()
    await sign_in(admin, fireside.links["admin"])
    await admin.get_by_role("row").filter(has_text="held").get_by_role("link").click()
    await expect(admin.get_by_role("cell", name="the relay failed", exact=True)).to_have_count(2)
    await expect(admin.get_by_role("cell", name="left", exact=True)).to_have_count(2)
