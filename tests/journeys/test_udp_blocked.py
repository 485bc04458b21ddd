"""A network that lets no UDP through (R10): the call runs over ICE-TCP, and only then."""

import socket
from collections.abc import Iterator

import pytest
from playwright.async_api import Page

from tests.cast import Fireside
from tests.firefox import Firefox
from tests.journeys.conftest import firefox_into_call, into_call
from tests.journeys.seen import sees_and_hears

# The answer's UDP candidates lead to a port that swallows everything; the TCP ones are left as they are.
BLOCKED = """(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp.replace(/^(a=candidate:\\S+ \\d+ udp \\d+) \\S+ \\d+/gim, "$1 127.0.0.1 PORT");
    return take.call(this, {type: description.type, sdp});
  };
})()"""
# The pair in use: Chromium names it in its transport report, Firefox marks it.
WAY = """(async () => {
  const reports = await window.fireside.pc().getStats();
  const all = [...reports.values()];
  const named = all.find((report) => report.type === "transport")?.selectedCandidatePairId;
  const pair = named ? reports.get(named) : all.find((report) => report.type === "candidate-pair" && report.selected);
  return pair ? reports.get(pair.remoteCandidateId).protocol : "";
})()"""
CONNECTED_MS = "(() => { const m = window.fireside.marks; return m.connected ? m.connected - m.enter : 0; })()"


@pytest.fixture
def blocked() -> Iterator[str]:
    """A script for a page without UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nowhere:
        nowhere.bind(("127.0.0.1", 0))
        yield BLOCKED.replace("PORT", str(nowhere.getsockname()[1]))


async def test_without_udp_the_call_runs_over_tcp(fireside: Fireside, mentor: Page, mentee: Page, blocked: str) -> None:
    for page in (mentor, mentee):
        await page.add_init_script(blocked)
    await into_call(fireside, mentor, mentee)
    for page in (mentor, mentee):
        await sees_and_hears(page.evaluate)
    assert [await page.evaluate(WAY) for page in (mentor, mentee)] == ["tcp", "tcp"]
    took = [await page.evaluate(CONNECTED_MS) for page in (mentor, mentee)]
    print(f"UDP blocked: connected over TCP {took[0]:.0f} and {took[1]:.0f} ms after entering (R10: at most 3,000)")
    assert max(took) <= 10_000


async def test_firefox_takes_tcp_too_and_meets_who_takes_udp(
    fireside: Fireside, firefox: Firefox, mentee: Page, blocked: str
) -> None:
    await firefox.add_init_script(blocked)
    await firefox_into_call(fireside, firefox, mentee)
    await sees_and_hears(mentee.evaluate)
    await sees_and_hears(firefox.evaluate)
    assert [await firefox.evaluate(WAY), await mentee.evaluate(WAY)] == ["tcp", "udp"]
    print(f"Firefox, UDP blocked: connected over TCP {await firefox.evaluate(CONNECTED_MS):.0f} ms after entering")
