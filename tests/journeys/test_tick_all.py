"""The button that ticks all boxes of a list, in a real browser."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.conftest import DESK, new_page

SCRIPT = Path(__file__).parents[2] / "static/js/elements/tick-all.js"
FORM = """<form>
  <tick-all name="pair" tick="Tick all" clear="Tick none"></tick-all>
  <label><input type="checkbox" name="pair" value="1"> One</label>
  <label><input type="checkbox" name="pair" value="2"> Two</label>
  <label><input type="checkbox" name="other" value="3"> Other</label>
</form>"""


async def test_it_ticks_all_or_none_and_says_which(chromium: Browser) -> None:
    page = await new_page(chromium, DESK)
    await page.set_content(FORM)
    await page.add_script_tag(content=SCRIPT.read_text(), type="module")
    one, two, other = [page.get_by_label(name, exact=True) for name in ("One", "Two", "Other")]
    await one.check()
    await page.get_by_role("button", name="Tick all", exact=True).press("Enter")
    for box, ticked in ((one, True), (two, True), (other, False)):
        await expect(box).to_be_checked(checked=ticked)
    await page.get_by_role("button", name="Tick none", exact=True).click()
    for box in (one, two):
        await expect(box).not_to_be_checked()
    await one.check()
    await two.check()
    await expect(page.get_by_role("button", name="Tick none", exact=True)).to_be_visible()
    assert page.errors == []
    await page.context.close()
