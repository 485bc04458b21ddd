"""The whole main job, as people do it, in real browsers."""

from playwright.async_api import Page, expect

from tests.cast import MENTEE, MENTOR, Fireside
from tests.journeys.conftest import into_call, sign_in, to_lobby
from tests.journeys.seen import sees_and_hears, sees_no_tile, sees_tile


async def test_the_mentee_accepts_from_the_link(shared_fireside: Fireside, mentee: Page) -> None:
    await mentee.goto(shared_fireside.links["offer"])
    assert "/l/" not in mentee.url
    await mentee.get_by_role("radio").nth(1).check()
    await mentee.get_by_role("button", name="Accept", exact=True).click()
    await expect(mentee.get_by_role("heading", name=f"Catch-up with {MENTOR}")).to_be_visible()
    await expect(mentee.get_by_text("The call opens at")).to_be_visible()


async def test_the_mentor_offers_another_catch_up(shared_fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    await mentor.get_by_label("How things are with me").fill("A quieter week than the last.")
    await mentor.get_by_label("Possible time 1").fill("2027-06-01T10:00")
    await mentor.get_by_role("button", name="Send offer", exact=True).click()
    await expect(mentor.get_by_role("heading", name=f"{MENTEE} has your offer")).to_be_visible()


async def test_both_meet_and_the_admin_finds_the_session(
    fireside: Fireside, mentor: Page, mentee: Page, admin: Page
) -> None:
    await into_call(fireside, mentor, mentee)
    await sees_and_hears(mentor.evaluate)
    await sees_and_hears(mentee.evaluate)

    await mentor.get_by_role("button", name="Mute", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="off", camera="on")
    await mentor.get_by_role("button", name="Stop camera", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="off", camera="off")
    await mentor.get_by_role("button", name="Unmute", exact=True).click()
    await mentor.get_by_role("button", name="Start camera", exact=True).click()
    await sees_tile(mentee.evaluate, microphone="on", camera="on")
    await sees_and_hears(mentee.evaluate)

    await mentor.get_by_role("button", name="Leave", exact=True).click()
    await expect(mentor.get_by_role("heading", name="Thank you for meeting.")).to_be_visible()
    await sees_no_tile(mentee.evaluate)
    await mentee.get_by_role("button", name="Leave", exact=True).click()

    await sign_in(admin, fireside.links["admin"])
    row = admin.get_by_role("row").filter(has_text="held")
    await expect(row).to_contain_text(MENTOR)
    await row.get_by_role("link").click()
    await expect(admin.get_by_role("rowheader", name=MENTOR)).to_be_visible()
    await expect(admin.get_by_role("rowheader", name=MENTEE)).to_be_visible()
    await expect(admin.get_by_role("cell", name="left", exact=True)).to_have_count(2)
    await expect(admin.get_by_text("The ledger is intact: 3 entries")).to_be_visible()
    await expect(admin.get_by_text(f"{MENTEE}: Accepted")).to_be_visible()


async def test_without_a_camera_one_goes_on_without(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    """The mentee's browser gives no camera: a sentence says so, and the call goes on with sound."""
    await mentee.add_init_script(
        "const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = (wanted) => wanted.video"
        " ? Promise.reject(new DOMException('none', 'NotFoundError')) : ask(wanted);"
    )
    await to_lobby(mentee, shared_fireside.links["booking_mentee"])
    await expect(mentee.get_by_role("alert").get_by_text("No camera was found")).to_be_visible()
    await into_call(shared_fireside, mentor, mentee)
    await sees_tile(mentor.evaluate, here="in", camera="off", microphone="on")
    await sees_and_hears(mentee.evaluate)
