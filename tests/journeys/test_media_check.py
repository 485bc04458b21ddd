"""The admin's media check, in a real browser through the real relay: media comes back, or it says what is blocked."""

import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.cast import Fireside
from tests.journeys.conftest import PHONE, sign_in

UDP_WORKS = "UDP works: calls take the best route."
TCP_WORKS = "TCP works: people whose network blocks UDP can join calls, too."

# Leads the UDP candidates to a port where nobody answers, as a firewall would.
BLOCKED = """(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp.replace(/^(a=candidate:\\S+ \\d+ udp \\d+ \\S+) \\d+/gim, "$1 PORT");
    return take.call(this, {type: description.type, sdp});
  };
})()"""


@pytest.fixture
def nowhere() -> Iterator[int]:
    """A UDP port that swallows every datagram."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as swallowing:
        swallowing.bind(("127.0.0.1", 0))
        yield swallowing.getsockname()[1]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Fireside]:
    """Two relays, each at one address alone."""
    house = await Fireside.start(tmp_path / "data", FIRESIDE_MEDIA_BIND="127.0.0.1", FIRESIDE_RELAYS="2")
    yield house
    await house.stop()


async def open_check(house: Fireside, admin: Page) -> None:
    await sign_in(admin, house.links["admin"])
    await admin.get_by_role("link", name="Media check", exact=True).click()
    await expect(admin.get_by_role("heading", name="Do calls reach this server?")).to_be_visible()


async def run_check(admin: Page) -> float:
    began = time.monotonic()
    await admin.get_by_role("button", name="Check now", exact=True).click()
    await expect(admin.get_by_role("heading", name="from an admin's browser")).to_be_visible()
    return time.monotonic() - began


async def test_both_ways_work_and_the_verdict_is_kept(house: Fireside, admin: Page) -> None:
    await open_check(house, admin)
    await expect(admin.get_by_text("No check has been made yet.")).to_be_visible()
    took = await run_check(admin)
    for _ in ("at once", "after a reload"):
        for sentence in (UDP_WORKS, TCP_WORKS):
            await expect(admin.get_by_text(sentence)).to_be_visible()
        await expect(admin.get_by_text("Only a check from outside can tell")).to_be_visible()
        await admin.reload()
    lines = await admin.locator(".paths dt, .paths dd").all_text_contents()
    paths = dict(zip(lines[::2], lines[1::2], strict=True))
    print(f"media check of {len(paths)} paths took {took:.1f} s: {paths}")
    assert sorted(line.split()[0] for line in paths) == ["TCP", "TCP", "UDP", "UDP"]
    assert len({line.rpartition(":")[2] for line in paths}) == 2, "each relay has its port"
    assert all("packets came back" in sentence for sentence in paths.values())
    assert admin.errors == []


async def test_the_page_fits_a_phone_and_no_attendance_is_kept(house: Fireside, admin: Page) -> None:
    await admin.set_viewport_size(PHONE)
    await open_check(house, admin)
    await run_check(admin)
    assert await admin.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await admin.get_by_role("link", name="Session history").click()
    await expect(admin.get_by_role("cell").filter(has_text="nobody")).to_have_count(1)


async def test_blocked_udp_is_named(house: Fireside, admin: Page, nowhere: int) -> None:
    await admin.add_init_script(BLOCKED.replace("PORT", str(nowhere)))
    await open_check(house, admin)
    took = await run_check(admin)
    print(f"UDP blocked: found in {took:.1f} s")
    for _ in ("at once", "after a reload"):
        await expect(admin.locator(".verdict.bad")).to_contain_text("UDP is blocked between here and the server.")
        await expect(admin.locator(".verdict.bad")).to_contain_text("calls run over TCP, less smoothly")
        await expect(admin.locator(".verdict.good")).to_have_text(TCP_WORKS)
        await admin.reload()
