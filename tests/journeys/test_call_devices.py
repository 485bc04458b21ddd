"""Devices in the call: what was off stays off, cameras and speakers are changed, the screen stays on, and what a phone
interrupts goes on."""

from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import into_call, to_lobby
from tests.journeys.seen import sees_and_hears, sees_tile
from tests.journeys.test_accessibility import AXE, LOOK

# Two cameras, as a phone has them: it notes which were open when the next was asked for.
PHONE_CAMERAS = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const kept = new Map();
window.opened = [];
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const id = wanted.video?.deviceId?.exact ?? "front";
  if (wanted.video) window.opened.push([id, [...kept.keys()].filter((track) => track.readyState === "live").length]);
  if (id === "broken") throw new DOMException("in use", "NotReadableError");
  const stream = await open(wanted.video ? {...wanted, video: true} : wanted);
  for (const track of stream.getVideoTracks()) kept.set(track, id);
  return stream;
};
const settings = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () {
  const id = kept.get(this);
  const facing = {front: "user", rear: "environment"}[id];
  return id ? {...settings.call(this), deviceId: id, facingMode: facing} : settings.call(this);
};
const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
navigator.mediaDevices.enumerateDevices = async () => [
  ...(await list()).filter((device) => device.kind !== "videoinput"),
  ...["front", "rear", "broken"].map((deviceId) => ({kind: "videoinput", deviceId, label: deviceId})),
];
"""
AWAKE = """
window.locks = [];
const ask = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await ask.call(this, kind);
  window.locks.push(lock);
  return lock;
};
"""
# A system that lets nothing play until it is asked by a click on the button for it.
HOLD_BACK = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (window.holding) return Promise.reject(new DOMException("not now", "NotAllowedError"));
  return play.call(this);
};
addEventListener("click", (event) => { if (event.target.closest("#sound")) window.holding = false; }, true);
"""
NO_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  if (wanted.video) throw new DOMException("none", "NotFoundError");
  return open(wanted);
};
"""
PAUSED = "[...document.querySelectorAll('#stage video')].map((video) => [video.className, video.paused])"
OFF = {"microphone": "off", "camera": "off"}


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def expect_off(page: Page) -> None:
    for name in ("Unmute", "Start camera"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


async def test_what_was_off_stays_off_when_the_page_is_loaded_again_or_the_call_entered_again(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await into_call(shared_fireside, mentor, mentee)
    await sees_tile(mentee.evaluate, microphone="on", camera="on")
    await mentor.keyboard.press("m")
    await mentor.keyboard.press("v")
    await sees_tile(mentee.evaluate, **OFF)

    await mentor.add_init_script(PHONE_CAMERAS)
    await mentor.reload()
    await expect_off(mentor)
    await press(mentor, "Enter")
    await sees_tile(mentee.evaluate, here="in", **OFF)
    assert await mentor.evaluate("window.opened") == [], "the camera's light would have gone on"

    await press(mentor, "Leave")
    await press(mentor, "Enter again")
    await sees_tile(mentee.evaluate, here="in", **OFF)
    await expect_off(mentor)
    # Also by the link, in another tab.
    again = await mentor.context.new_page()
    await to_lobby(again, shared_fireside.links["booking_mentor"])
    await expect_off(again)
    await again.close()
    # What is on is on: the other's choices are their own.
    await mentee.reload()
    await expect(mentee.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    await press(mentor, "Unmute")
    await mentor.reload()
    await expect(mentor.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    await expect(mentor.get_by_role("button", name="Start camera", exact=True)).to_be_visible()


async def test_camera_and_speaker_are_changed_in_the_call_and_the_screen_stays_on(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    for script in (PHONE_CAMERAS, AWAKE):
        await mentor.add_init_script(script)
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentee.evaluate)
    await until(lambda: mentor.evaluate("locks.map((lock) => lock.released).join() === 'false'"), what="a lock")
    own = mentor.locator("video[data-self]")
    await expect(own).to_have_attribute("data-mirrored", "true")

    settings = mentor.get_by_role("button", name="Settings", exact=True)
    await settings.click()
    dialog = mentor.get_by_role("dialog", name="Settings")
    await dialog.get_by_label("Camera").select_option("rear")
    # Others see it the right way round, and so does who shows something.
    await expect(own).to_have_attribute("data-mirrored", "false")
    await sees_and_hears(mentee.evaluate)
    await dialog.get_by_label("Camera").select_option("broken")
    await expect(dialog.get_by_text("Your camera is in use by another program.")).to_be_visible()
    await expect(dialog.get_by_label("Camera")).to_have_value("rear")
    await sees_and_hears(mentee.evaluate)
    asked = [["front", 0], ["rear", 0], ["broken", 0], ["rear", 0]]
    assert await mentor.evaluate("window.opened") == asked, "one camera was asked for while another was open"

    # What is off is only chosen.
    await mentor.evaluate("document.querySelector('#camera').click()")
    await sees_tile(mentee.evaluate, camera="off")
    await dialog.get_by_label("Camera").select_option("front")
    await mentor.evaluate("document.querySelector('#camera').click()")
    await sees_tile(mentee.evaluate, camera="on")
    await expect(own).to_have_attribute("data-mirrored", "true")
    assert (await mentor.evaluate("window.opened"))[len(asked) :] == [["front", 0]]

    await mentor.evaluate(AXE.read_text())
    assert await mentor.evaluate(LOOK) == []

    speaker = dialog.get_by_label("Speaker")
    ids = await speaker.evaluate("(select) => [...select.options].map((option) => option.value)")
    await speaker.select_option(ids[-1])
    chosen = "(id) => document.querySelector('video.face').sinkId === id"
    await until(lambda: mentor.evaluate(chosen, ids[-1]), what="the sound of the chosen speaker")
    await mentor.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(settings).to_be_focused()

    await press(mentor, "Leave")
    await until(lambda: mentor.evaluate("locks.every((lock) => lock.released)"), what="the lock's release")


async def test_a_lobby_without_a_camera_is_loaded(shared_fireside: Fireside, mentor: Page) -> None:
    """A picture that waits for a stream without one may keep a page loading: so it waits for none."""
    await mentor.add_init_script(NO_CAMERA)
    await to_lobby(mentor, shared_fireside.links["booking_mentor"])
    await expect(mentor.locator(".lobby .trouble-text")).to_have_text("No camera was found. You can go on without it.")
    await mentor.wait_for_load_state("load")
    assert await mentor.evaluate("document.querySelector('video[data-self]').srcObject") is None


async def test_what_the_system_paused_goes_on_at_once_or_with_one_button(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.add_init_script(HOLD_BACK)
    await into_call(shared_fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    running = [["screen", False], ["face", False]]
    pause = "for (const video of document.querySelectorAll('#stage video')) video.pause()"
    await mentor.evaluate(pause)
    await until(lambda: _is(mentor, running), what="pictures that play again by themselves")

    await mentor.evaluate("window.holding = true")
    await mentor.evaluate(pause)
    sound = mentor.get_by_role("button", name="Turn sound on", exact=True)
    await expect(sound).to_be_visible()
    assert await mentor.evaluate(PAUSED) == [["screen", True], ["face", True]]
    await sound.click()
    await until(lambda: _is(mentor, running), what="all pictures, the shared screen's too")
    await expect(sound).to_be_hidden()

    # Or when the page is seen again.
    await mentor.evaluate("window.holding = true")
    await mentor.evaluate(pause)
    await expect(sound).to_be_visible()
    await mentor.evaluate("window.holding = false; document.dispatchEvent(new Event('visibilitychange'))")
    await expect(sound).to_be_hidden()
    assert await mentor.evaluate(PAUSED) == running


async def _is(page: Page, expected: list[list[object]]) -> bool:
    return bool(await page.evaluate(PAUSED) == expected)
