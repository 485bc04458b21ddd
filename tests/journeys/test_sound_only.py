"""Sound only: no pictures either way, by hand and by itself, and back."""

from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.firefox import Firefox
from tests.journeys.conftest import firefox_into_call, into_call
from tests.journeys.seen import FIGURES, Evaluate, sees_and_hears, sees_tile

# Frames of the other's camera that were decoded, and sent ones of the own.
POOR = """
const real = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function (...given) {
  const found = new Map(await real.apply(this, given));
  if (window.poor && !given.length)
    for (const [id, report] of found)
      if (report.type === 'remote-inbound-rtp') found.set(id, {...report, fractionLost: 0.5});
  return found;
};
"""


async def hears_only(evaluate: Evaluate) -> None:
    """Waits until sound goes on for a second's worth of energy while no picture comes."""

    async def quiet() -> bool:
        before = await evaluate(FIGURES)
        await until(lambda: _louder(evaluate, before["energy"]), what="sound")
        after = await evaluate(FIGURES)
        return bool(after["frames"] == before["frames"])

    await until(quiet, what="no more pictures")


async def _louder(evaluate: Evaluate, energy: float) -> bool:
    return bool((await evaluate(FIGURES))["energy"] > energy)


async def test_firefox_gets_and_sends_sound_only_and_pictures_again(
    shared_fireside: Fireside, firefox: Firefox, mentee: Page
) -> None:
    await firefox_into_call(shared_fireside, firefox, mentee)
    await sees_and_hears(firefox.evaluate)
    await firefox.press("Sound only")
    await hears_only(firefox.evaluate)
    await sees_tile(mentee.evaluate, camera="off", microphone="on")
    await expect(mentee.locator(".tile .way")).to_have_text("sound only")
    await hears_only(mentee.evaluate)
    await firefox.press("Sound only")
    await sees_and_hears(firefox.evaluate)
    await sees_tile(mentee.evaluate, camera="on")
    await sees_and_hears(mentee.evaluate)


async def test_a_poor_network_takes_the_pictures_and_says_so(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(POOR)
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await mentor.evaluate("window.poor = true")
    why = mentor.get_by_text("The network is poor: pictures are off, so that the sound stays.")
    await expect(why).to_be_visible()
    await hears_only(mentor.evaluate)
    await sees_tile(mentee.evaluate, camera="off")
    # It comes back with the same connection.
    await mentor.get_by_role("button", name="Show pictures again", exact=True).click()
    await expect(why).to_be_hidden()
    await sees_and_hears(mentor.evaluate)
    await sees_and_hears(mentee.evaluate)
    # Not asked again, poor as it is; and the camera's button ends it, too.
    await mentor.get_by_role("button", name="Sound only", exact=True).click()
    await sees_tile(mentee.evaluate, camera="off")
    await mentor.get_by_role("button", name="Start camera", exact=True).click()
    await expect(mentor.get_by_role("button", name="Sound only", exact=True)).to_have_attribute("aria-pressed", "false")
    await sees_and_hears(mentor.evaluate)
