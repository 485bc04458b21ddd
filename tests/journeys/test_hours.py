"""A mentor says when there is time, and offers three of the free times with three clicks."""

import asyncio

from playwright.async_api import Page, Route, expect

from tests.cast import MENTEE, Fireside


async def test_hours_become_free_times_and_three_clicks_an_offer(fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(fireside.links["mentor"])
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

    await mentor.goto(fireside.links["mentor"])
    await expect(mentor.get_by_text("Next free:")).to_be_visible()
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    free = mentor.get_by_role("group", name="Free").get_by_role("checkbox")
    await expect(free).to_have_count(6)
    for number in (0, 2, 5):
        await free.nth(number).check()
    chosen = [await free.nth(number).input_value() for number in (0, 2, 5)]
    assert await times_in(mentor) == [*chosen, "", ""]
    await mentor.get_by_role("button", name="Send offer", exact=True).click()
    await expect(mentor.get_by_role("heading", name=f"{MENTEE} has your offer")).to_be_visible()
    await expect(mentor.locator("main .times time")).to_have_count(3)


async def test_a_free_time_is_taken_as_long_as_it_stands_in_a_field(fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await mentor.get_by_label(f"{day}, from").fill("09:00")
        await mentor.get_by_label(f"{day}, until").fill("11:00")
    await mentor.get_by_role("button", name="Save hours").click()
    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click()
    free = mentor.get_by_role("group", name="Free").get_by_role("checkbox")
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


async def test_a_free_time_that_is_checked_before_the_script_comes_is_taken(fireside: Fireside, mentor: Page) -> None:
    await mentor.goto(fireside.links["mentor"])
    await mentor.get_by_role("link", name="Your hours").click()
    await mentor.get_by_label("Monday, from").fill("09:00")
    await mentor.get_by_label("Monday, until").fill("11:00")
    await mentor.get_by_role("button", name="Save hours").click()
    await mentor.goto(fireside.links["mentor"])
    checked = asyncio.Event()

    async def wait(route: Route) -> None:
        await checked.wait()
        await route.continue_()

    await mentor.route("**/free-times.js", wait)
    await mentor.get_by_role("button", name="Offer a catch-up", exact=True).click(no_wait_after=True)
    free = mentor.get_by_role("group", name="Free").get_by_role("checkbox")
    await free.nth(1).check()
    chosen = await free.nth(1).input_value()
    checked.set()
    await expect(mentor.get_by_label("Possible time 1")).to_have_value(chosen)
    await expect(free.nth(1)).to_be_checked()
    assert await times_in(mentor) == [chosen, "", "", "", ""]


async def times_in(page: Page) -> list[str]:
    return await page.locator('input[name="starts"]').evaluate_all("fields => fields.map((field) => field.value)")
