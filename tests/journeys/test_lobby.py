"""Before the call: what a person sees whose devices are refused, silent or muted, and who waits for the other."""

from playwright.async_api import Page, expect

from tests.cast import MENTEE, Fireside, until
from tests.journeys.conftest import to_lobby
from tests.journeys.test_accessibility import AXE, LOOK

REFUSED = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (!window.allowed) throw new DOMException(window.why ?? "Permission denied", "NotAllowedError");
  return open(wanted);
};
"""
# A microphone that is switched off.
DEAD = """
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const context = new AudioContext();
  return context.createMediaStreamDestination().stream;
};
"""
# A camera that can blur its background: it notes what it was told.
BLUR = """
window.blurred = [];
MediaStreamTrack.prototype.getCapabilities = () => ({backgroundBlur: [true, false]});
MediaStreamTrack.prototype.applyConstraints = async (wanted) => { window.blurred.push(wanted.backgroundBlur); };
"""
PLAYED = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () { window.played = (window.played ?? 0) + 1; return play.call(this); };
"""
STEPS = """(async () => {
  const source = [...performance.getEntriesByType('resource')].find(({name}) => name.endsWith('/permission-help.js'));
  const {stepsIn} = await import(source.name);
  return ['Mozilla/5.0 (X11) Gecko/20100101 Firefox/140.0', 'Mozilla/5.0 (Android 15) Firefox/140.0',
    'Mozilla/5.0 (X11) Chrome/141.0 Safari/537.36', 'Mozilla/5.0 (Android 15) Chrome/141.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Windows) Chrome/141.0 Safari/537.36 Edg/141.0', 'Mozilla/5.0 (Mac) Version/18.1 Safari/605.1.15',
    'Mozilla/5.0 (iPhone) Version/18.1 Safari/604.1', 'Something'].map(stepsIn);
})()"""

LOUDNESS = "[...performance.getEntriesByType('resource')].find(({name}) => name.endsWith('/loudness.js'))?.name"
# How many of 30 looks, one in 100 ms, hear the fake microphone's beeps of 20 ms, begun at ten different moments.
HEARD = """async (source) => {
  const {Loudness} = await import(source);
  const [track] = (await navigator.mediaDevices.getUserMedia({audio: true})).getAudioTracks();
  const context = new AudioContext();
  const after = (time) => new Promise((then) => setTimeout(then, time));
  while (!context.currentTime) await after(10);
  return Promise.all([0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map(async (begin) => {
    await after(begin);
    const loudness = new Loudness(context, track);
    let heard = 0;
    for (let looks = 0; looks < 30; looks++) {
      await after(100);
      heard += loudness.sinceLastLook() > 0.02;
    }
    return heard;
  }));
}"""


async def test_who_refused_the_devices_sees_the_steps_of_this_browser(shared_fireside: Fireside, mentee: Page) -> None:
    await mentee.add_init_script(REFUSED)
    await to_lobby(mentee, shared_fireside.links["booking_mentee"])
    steps = mentee.get_by_text("Click the symbol to the left of the address")
    await expect(steps).to_be_visible()
    await mentee.evaluate(AXE.read_text())
    assert await mentee.evaluate(LOOK) == []
    every = await mentee.evaluate(STEPS)
    assert len(set(every)) == 8
    await mentee.evaluate("window.why = 'Permission denied by system'")
    await mentee.get_by_role("button", name="Try again", exact=True).click()
    await expect(mentee.get_by_text("allow them in the system's settings")).to_be_visible()
    await mentee.evaluate("window.allowed = true")
    await mentee.get_by_role("button", name="Try again", exact=True).click()
    await expect(mentee.locator("#permission-help")).to_be_hidden()
    await expect(mentee.get_by_role("button", name="Stop camera", exact=True)).to_be_visible()


async def test_a_dead_microphone_is_noticed_and_the_speaker_is_tried(shared_fireside: Fireside, mentor: Page) -> None:
    for script in (DEAD, BLUR, PLAYED):
        await mentor.add_init_script(script)
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    await mentor.get_by_role("button", name="Play a test sound", exact=True).click()
    await until(lambda: mentor.evaluate("window.played >= 1"), what="a sound")
    notice = mentor.locator("#voice-notice")
    await expect(notice).to_contain_text("We hear nothing from your microphone.")
    await mentor.evaluate(AXE.read_text())
    assert await mentor.evaluate(LOOK) == []


async def test_no_sound_is_missed_between_two_looks_at_a_microphone(shared_fireside: Fireside, mentor: Page) -> None:
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    source = await until(lambda: mentor.evaluate(LOUDNESS), what="the page's scripts")
    assert min(await mentor.evaluate(HEARD, source)) >= 5


async def test_a_background_is_blurred_where_the_browser_can(shared_fireside: Fireside, mentor: Page) -> None:
    await mentor.add_init_script(BLUR)
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    blur = mentor.locator(".lobby").get_by_label("Blur what is behind me")
    await blur.check()
    await mentor.get_by_role("button", name="Stop camera", exact=True).click()
    await mentor.get_by_role("button", name="Start camera", exact=True).click()
    await until(lambda: mentor.evaluate("blurred.join() === 'true,true'"), what="a blurred camera again")


async def test_who_speaks_while_muted_is_told_and_who_waits_sees_the_other_come(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    await mentor.get_by_role("button", name="Enter", exact=True).click()
    await expect(mentor.locator("#alone")).to_be_visible()
    title = await mentor.title()
    await mentor.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    await to_lobby(mentee, shared_fireside.links["booking_mentee"])
    await mentee.get_by_role("button", name="Enter", exact=True).click()
    await until(lambda: mentor.evaluate(f"document.title === '{MENTEE} is here'"), what="a title that says it")
    await mentor.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    assert await mentor.title() == title

    notice = mentor.get_by_text("You are speaking, but you are muted.")
    await mentor.keyboard.press("m")
    # The fake microphone beeps.
    await expect(notice).to_be_visible()
    await mentor.keyboard.press("m")
    await expect(notice).to_be_hidden()


async def test_anybody_tries_camera_and_sound_without_a_link(shared_fireside: Fireside, mentee: Page) -> None:
    await mentee.add_init_script(PLAYED)
    await mentee.goto(shared_fireside.base_url)
    await mentee.get_by_role("link", name="Try camera and sound", exact=True).click()
    await expect(mentee.get_by_text("Your camera and your microphone work here.")).to_be_visible()
    moving = "document.querySelector('video[data-self]').getVideoPlaybackQuality().totalVideoFrames > 10"
    await until(lambda: mentee.evaluate(moving), what="a moving picture")
    # The fake microphone beeps.
    await until(lambda: mentee.evaluate("document.querySelector('#level').value > 0"), what="a level")
    before = await mentee.evaluate("window.played ?? 0")
    await mentee.get_by_role("button", name="Play a test sound", exact=True).click()
    await until(lambda: mentee.evaluate(f"window.played > {before}"), what="a sound")
