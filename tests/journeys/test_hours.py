"""A mentor says when there is time, and offers three of the free times with three clicks."""

import asyncio
import re

from playwright.async_api import Page, Route, expect

from tests.cast import MENTEE, Fireside


async def test_hours_become_free_times_and_three_clicks_an_offer(shared_fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        await mentor.get_by_label(f"{day}, from").fill("09:00")
        await mentor.get_by_label(f"{day}, until").fill("11:00")
    await expect(mentor.get_by_role("button", name="Add a time: Saturday")).to_be_hidden()
    await mentor.get_by_role("button", name="Add a time: Monday").click()
    await expect(mentor.get_by_label("Monday, from").nth(1)).to_be_focused()
    await mentor.keyboard.type("1400")
    await mentor.get_by_label("Monday, until").nth(1).fill("16:00")
    await mentor.get_by_role("button", name="Save hours").click()
    await expect(mentor.get_by_label("Monday, from").nth(1)).to_have_value("14:00")
    await expect(mentor.get_by_label("Saturday, from")).to_have_count(1)

    await mentor.goto(shared_fireside.links["mentor"])
    await expect(mentor.get_by_text("Next free:")).to_be_visible()
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    free = mentor.get_by_role("group", name=re.compile("^Free: ")).get_by_role("checkbox")
    # The second week: the first one may be over.
    await mentor.get_by_role("radiogroup", name="Week").get_by_role("radio").nth(1).check()
    await expect(free).to_have_count(24)
    for number in (0, 2, 5):
        await free.nth(number).check()
    chosen = [await free.nth(number).input_value() for number in (0, 2, 5)]
    assert await times_in(mentor) == [*chosen, "", ""]
    await mentor.get_by_role("button", name="Send offer", exact=True).click()
    await expect(mentor.get_by_role("heading", name=f"{MENTEE} has your offer")).to_be_visible()
    await expect(mentor.locator("main .times time")).to_have_count(3)


async def test_a_free_time_is_taken_as_long_as_it_stands_in_a_field(shared_fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await mentor.get_by_label(f"{day}, from").fill("09:00")
        await mentor.get_by_label(f"{day}, until").fill("11:00")
    await mentor.get_by_role("button", name="Save hours").click()
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    free = mentor.get_by_role("group", name=re.compile("^Free: ")).get_by_role("checkbox")
    await mentor.get_by_role("radiogroup", name="Week").get_by_role("radio").nth(1).check()
    for number in range(5):
        await free.nth(number).focus()
        await mentor.keyboard.press("Space")
        await expect(free.nth(number)).to_be_checked()
    assert "" not in await times_in(mentor)
    await expect(free.nth(5)).to_be_disabled()

    await mentor.get_by_label("Possible time 2").fill("")
    await expect(free.nth(1)).not_to_be_checked()
    await expect(free.nth(5)).to_be_enabled()
    await free.nth(0).uncheck()
    assert (await times_in(mentor))[:2] == ["", ""]

    await mentor.get_by_label("Length").select_option("90")
    for box in await free.all():
        assert (await box.input_value()).partition("T")[2] in ("09:00", "09:30")


async def test_a_free_time_that_is_checked_before_the_script_comes_is_taken(
    shared_fireside: Fireside, mentor: Page
) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    await mentor.get_by_label("Monday, from").fill("09:00")
    await mentor.get_by_label("Monday, until").fill("11:00")
    await mentor.get_by_role("button", name="Save hours").click()
    await mentor.goto(shared_fireside.links["mentor"])
    checked = asyncio.Event()

    async def wait(route: Route) -> None:
        await checked.wait()
        await route.continue_()

    await mentor.route("**/free-times.js", wait)
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click(no_wait_after=True)
    free = mentor.get_by_role("group", name=re.compile("^Free: ")).get_by_role("checkbox")
    await free.nth(1).check()
    chosen = await free.nth(1).input_value()
    checked.set()
    await expect(mentor.get_by_label("Possible time 1")).to_have_value(chosen)
    await expect(free.nth(1)).to_be_checked()
    assert await times_in(mentor) == [chosen, "", "", "", ""]


async def test_a_new_mentor_offers_a_first_time_with_three_taps(shared_fireside: Fireside, mentor: Page) -> None:
    """Without any hours, and with the last tap by keyboard."""
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    for field in await mentor.locator('.week input[type="time"]').all():
        await field.fill("")
    await mentor.get_by_role("button", name="Save hours").click()
    await mentor.goto(shared_fireside.links["mentor"])

    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    await expect(mentor.get_by_text("You can choose any of these times")).to_be_visible()
    await mentor.get_by_role("group", name=re.compile("^Free: ")).get_by_role("checkbox").nth(3).check()
    await mentor.get_by_role("button", name="Send offer", exact=True).press("Enter")
    await expect(mentor.get_by_role("heading", name=f"{MENTEE} has your offer")).to_be_visible()


async def test_the_mentee_suggests_a_time_that_suits_both_by_a_tap(
    shared_fireside: Fireside, mentor: Page, mentee: Page
) -> None:
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await mentor.get_by_label(f"{day}, from").first.fill("09:00")
        await mentor.get_by_label(f"{day}, until").first.fill("17:00")
    await mentor.get_by_role("button", name="Save hours").click()
    shown = mentor.get_by_role("group", name=f"Show {MENTEE} where our times fit")
    await shown.get_by_label("Up to three times a day").check()
    await mentor.locator('form[action$="/shared-times"]').filter(has=shown).get_by_role("button").click()
    await expect(shown.get_by_label("Up to three times a day")).to_be_checked()
    await mentor.goto(shared_fireside.links["mentor"])
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    await mentor.get_by_role("radiogroup", name="Week").get_by_role("radio").nth(1).check()
    await mentor.get_by_role("group", name=re.compile("^Free: ")).get_by_role("checkbox").first.check()
    await mentor.get_by_role("button", name="Send offer", exact=True).click()
    await expect(mentor.get_by_role("heading", name=f"{MENTEE} has your offer")).to_be_visible()

    await mentee.goto(shared_fireside.links["mentee"])
    await mentee.goto(mentor.url)
    await mentee.get_by_role("button", name="Suggest another time").click()
    await mentee.get_by_role("radiogroup", name="Week").get_by_role("radio").nth(1).check()
    day = mentee.get_by_role("group", name=re.compile("^Free: ")).first.get_by_role("checkbox")
    await expect(day).to_have_count(3)
    await day.nth(1).check()
    await mentee.get_by_role("button", name="Send suggestion").click()
    await expect(mentee.get_by_role("heading", name=re.compile("has your suggestion$"))).to_be_visible()


async def times_in(page: Page) -> list[str]:
    return await page.locator('input[name="starts"][type="datetime-local"]').evaluate_all(
        "fields => fields.map((field) => field.value)"
    )
