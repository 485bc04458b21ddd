"""Firefox and Chromium meet: payload types and header extensions differ, and are mapped both ways."""

from playwright.async_api import Page

from tests.cast import Fireside, until
from tests.firefox import Firefox
from tests.journeys.conftest import to_lobby
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile

RESTARTED = """(async () => {
  const pc = window.fireside.pc();
  const [answer, before] = [pc.remoteDescription, pc.localDescription.sdp];
  pc.restartIce();
  await pc.setLocalDescription();
  await pc.setRemoteDescription(answer);
  const ufrag = (sdp) => /ice-ufrag:(\\S+)/.exec(sdp)[1];
  return ufrag(before) !== ufrag(pc.localDescription.sdp);
})()"""


async def test_each_sees_and_hears_the_other(fireside: Fireside, firefox: Firefox, mentee: Page) -> None:
    await firefox.goto(fireside.links["booking_mentor"])
    await firefox.press("Join call")

    async def in_lobby() -> bool:
        return bool(await firefox.evaluate("Boolean(window.fireside?.pc()?.localDescription)"))

    await until(in_lobby, what="Firefox's lobby")
    await to_lobby(mentee, fireside.links["booking_mentee"])
    await firefox.press("Enter")
    await mentee.get_by_role("button", name="Enter", exact=True).click()

    await sees_and_hears(mentee.evaluate)
    await sees_and_hears(firefox.evaluate)

    # As static/js/call/path.js does: a new way from fresh ports, by the same answer.
    assert await firefox.evaluate(RESTARTED)
    await sees_and_hears(firefox.evaluate)

    await firefox.press("Mute")
    await sees_tile(mentee.evaluate, microphone="off")
    await mentee.get_by_role("button", name="Stop camera", exact=True).click()
    await sees_tile(firefox.evaluate, camera="off")
    await firefox.press("Leave")
    await sees_no_tile(mentee.evaluate)
