"""An admin who uses only the keyboard does the main acts: what has the focus is always seen, and after each act it is
where the outcome stands."""

from functools import partial

from playwright.async_api import Page, expect

from tests.cast import Fireside, until
from tests.journeys.conftest import to_lobby

# What has the focus: what it is called, what it is, and whether that is seen.
FOCUSED = """(() => {
  const it = document.activeElement;
  const outlined = (each) => getComputedStyle(each).outlineStyle !== "none"
    && parseFloat(getComputedStyle(each).outlineWidth) >= 2;
  const words = [it.getAttribute("aria-label"), it.labels?.[0]?.innerText, it.innerText, it.value];
  const box = (it.closest("label") ?? it).getBoundingClientRect();
  return {
    name: words.map((each) => (each ?? "").trim().replace(/\\s+/g, " ")).find(Boolean) ?? "",
    role: it.getAttribute("role") ?? it.tagName.toLowerCase(),
    seen: [it, it.closest("label, .choice, .chip")].some((each) => each && outlined(each)),
    there: box.bottom > 0 && box.top < innerHeight,
  };
})()"""
MOST_STOPS = 90


async def to(page: Page, name: str, role: str = "") -> None:
    """Presses Tab until this has the focus. Each stop on the way is seen."""
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if focused["role"] == "body":
            continue
        assert focused["seen"], focused
        if not focused["there"]:
            await until(partial(is_there, page), what=f"the focus in the window: {focused}")
        if focused["name"].startswith(name) and role in focused["role"]:
            return
    raise AssertionError(f"no way by Tab to {name!r} on {page.url}")


async def is_there(page: Page) -> bool:
    """The window has moved to what has the focus."""
    return bool((await page.evaluate(FOCUSED))["there"])


async def follow(page: Page, name: str, role: str = "") -> None:
    """To what is called so, and Enter, which opens another page."""
    await to(page, name, role)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def write(page: Page, field: str, text: str) -> None:
    await to(page, field)
    await page.keyboard.press("Control+A")
    await page.keyboard.type(text)


async def send(page: Page) -> None:
    """Enter in the field that was written last."""
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def told(page: Page, text: str) -> None:
    """What was done stands where the focus is."""

    async def here() -> bool:
        focused = await page.evaluate(FOCUSED)
        return text in focused["name"] and focused["there"]

    await until(here, what=f"the focus on {text!r}")


async def test_the_main_acts_by_keyboard_alone(fireside: Fireside, admin: Page, mentor: Page) -> None:
    await admin.goto(fireside.links["admin"])
    await follow(admin, "Sign in", "button")

    for number in (1, 2):
        await follow(admin, "Start", "a")
        await follow(admin, "Add a pair", "a")
        for role, name in (("mentor", f"Nour{number}"), ("mentee", "Toni Ibsen")):
            await to(admin, "Name")
            await admin.keyboard.type(name)
            await admin.keyboard.press("Tab")
            await admin.keyboard.type(f"{role}{number}@example.org")
        await send(admin)
        await told(admin, f"Nour{number} and Toni Ibsen are a pair now.")

    await follow(admin, "Sessions", "a")
    await to(admin, "Narrow and sort")
    await admin.keyboard.press("Enter")
    await write(admin, "Name", "Maya")
    await send(admin)
    await told(admin, "rows." if await admin.get_by_text("rows.").count() else "row.")
    await to(admin, "Export these rows")
    await admin.keyboard.press("Enter")
    await to(admin, "Excel workbook")
    await admin.keyboard.press("ArrowDown")
    await write(admin, "Why", "The yearly report")
    async with admin.expect_download() as download:
        await admin.keyboard.press("Enter")
    assert (await download.value).suggested_filename.startswith("sessions-")

    await follow(admin, "People", "a")
    await follow(admin, "Perhaps the same person", "a")

    async def found() -> bool:
        await admin.reload()
        return await admin.get_by_role("link", name="Look at both").count() > 0

    await until(found, 60, "the two to be compared")
    await follow(admin, "Look at both", "a")
    await to(admin, "mentee1@example.org", "input")
    await admin.keyboard.press("Space")
    await write(admin, "Why", "Added twice")
    await follow(admin, "Merge for good", "button")
    await told(admin, "The two entries are one person now.")

    await to_lobby(mentor, fireside.links["booking_mentor"])
    await mentor.get_by_role("button", name="Enter", exact=True).click()
    await follow(admin, "Live now", "a")
    await expect(admin.get_by_role("link", name="End this call")).to_be_visible()
    await follow(admin, "End this call", "a")
    await write(admin, "Why", "A trial")
    await send(admin)
    await told(admin, "The call has ended.")

    await follow(admin, "Ada", "a")
    await write(admin, "How you like to be called", "Ada")
    await send(admin)
    await told(admin, "Saved.")
