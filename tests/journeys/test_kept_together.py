"""Two people edit agenda, notes and actions of their catch-up at once, in the call, and find them on its page later."""

import asyncio
import random
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.cast import Fireside, free_port, until
from tests.journeys.conftest import forget_the_outage, into_call

AXE = Path(__file__).parents[2] / "build/node/node_modules/axe-core/axe.min.js"
FAULTS = """(place) => axe.run(place, {resultTypes: ["violations"]}).then((found) =>
  found.violations.map((each) => each.id + each.nodes.map((node) => node.html)))"""


async def opened(page: Page, name: str) -> Locator:
    """The panel that the button of this name opens; on a phone the button is in a menu."""
    more = page.get_by_role("button", name="More", exact=True)
    if await more.is_visible():
        await more.click()
    button = page.get_by_role("button", name=name, exact=True)
    if await button.get_attribute("aria-expanded") == "false":
        await button.click()
    return page.get_by_role("region", name=name, exact=True)


async def add(page: Page, label: str, *texts: str) -> None:
    """Types into the field with this label, as a person does."""
    for text in texts:
        await page.get_by_label(label, exact=True).fill(text)
        await page.get_by_label(label, exact=True).press("Enter")


async def texts_of(page: Page, name: str) -> list[str]:
    rows = page.get_by_role("list", name=name, exact=True).locator("li textarea")
    return await rows.evaluate_all("fields => fields.map(field => field.value)")


def notes(page: Page) -> Locator:
    return page.get_by_label("Shared notes", exact=True)


async def test_both_edit_at_once_and_find_it_afterwards(shared_fireside: Fireside, mentor: Page, mentee: Page) -> None:
    await into_call(shared_fireside, mentor, mentee)
    await opened(mentor, "Agenda")
    await opened(mentee, "Agenda")
    await add(mentor, "New topic", "Your exam")
    await add(mentee, "New topic", "A place to study")
    for page in (mentor, mentee):
        # The mentee's come first.
        await expect(page.get_by_role("list", name="Topics").locator("li")).to_have_count(2)
        assert await texts_of(page, "Topics") == ["A place to study", "Your exam"]
    await expect(mentor.locator("#room-says")).to_have_text("Sam Okafor added a topic: A place to study")
    await mentee.get_by_label("Done: Your exam").check()
    await expect(mentor.get_by_label("Done: Your exam")).to_be_checked()
    await expect(mentor.locator("#room-says")).to_have_text("Sam Okafor ticked: Your exam")

    for page in (mentor, mentee):
        await opened(page, "Notes")
    await asyncio.gather(
        notes(mentor).press_sequentially("Sam slept badly. ", delay=30),
        notes(mentee).press_sequentially("I try the library on Monday.", delay=30),
    )
    for part in ("Sam slept badly.", "I try the library on Monday."):
        for page in (mentor, mentee):
            await until(lambda page=page, part=part: contains(page, part), what=part)
    await same_notes(mentor, mentee)

    await add(mentee, "New action", "Ask at the library")
    row = mentor.get_by_role("list", name="Actions").locator("li")
    await expect(row.locator("textarea")).to_have_value("Ask at the library")
    await row.get_by_label("Who does it: Ask at the library").select_option(label="Sam Okafor")
    await row.get_by_label("By when: Ask at the library").fill("2031-05-06")
    await expect(mentee.get_by_label("By when: Ask at the library")).to_have_value("2031-05-06")
    await mentor.get_by_label("New link").fill("library.example/rooms")
    await mentor.get_by_label("Title of the link").fill("Rooms to study in")
    await mentor.get_by_label("Title of the link").press("Enter")
    link = mentee.get_by_role("link", name="Rooms to study in")
    await expect(link).to_have_attribute("href", "https://library.example/rooms")
    for page in (mentor, mentee):
        await page.evaluate(AXE.read_text())
        assert await page.evaluate(FAULTS, ".controls, .panel") == []

    written = await notes(mentor).input_value()
    await mentee.get_by_role("button", name="Close the notes", exact=True).click()
    await mentee.get_by_role("button", name="Leave", exact=True).click()
    await mentee.get_by_role("link", name="Back to the catch-up").click()
    await expect(notes(mentee)).to_have_value(written)
    assert await texts_of(mentee, "Topics") == ["A place to study", "Your exam"]
    assert await texts_of(mentee, "Actions") == ["Ask at the library"]
    await add(mentee, "New topic", "For next time")
    # What waits is shown before entering, what was ticked is not.
    await mentee.goto(mentor.url)
    waiting = mentee.locator("#lobby-agenda")
    await expect(waiting.get_by_role("heading", name="Agenda")).to_be_visible()
    await expect(waiting.locator("li")).to_have_text(["A place to study", "For next time"])
    await mentee.evaluate(AXE.read_text())
    assert await mentee.evaluate(FAULTS, "html") == []
    await mentee.go_back()
    await opened(mentor, "Agenda")
    await expect(mentor.get_by_role("list", name="Topics").locator("li")).to_have_count(3)
    await mentee.evaluate(AXE.read_text())
    assert await mentee.evaluate(FAULTS, "html") == []


async def contains(page: Page, part: str) -> bool:
    return part in await notes(page).input_value()


async def same_notes(one: Page, other: Page) -> None:
    async def same() -> bool:
        return await notes(one).input_value() == await notes(other).input_value()

    await until(same, what="the same notes on both sides")


async def test_nothing_is_lost_where_the_connection_drops_and_the_server_is_killed(
    tmp_path: Path, mentor: Page, mentee: Page
) -> None:
    """200 edits of both, while each connection drops ten times and the web process is killed once."""
    port = str(free_port())
    fireside = await Fireside.start(tmp_path / "data", port=port)
    forget_the_outage(mentor, mentee)
    try:
        for page, link in ((mentor, "booking_mentor"), (mentee, "booking_mentee")):
            await page.goto(fireside.links[link])
            await expect(page.locator("[data-none=topics]")).to_be_visible()
        half = asyncio.Event()

        async def kill() -> None:
            nonlocal fireside
            await half.wait()
            await fireside.kill()
            fireside = await Fireside.start(fireside.data, port=port)

        await asyncio.gather(kill(), writes(mentor, "m", 1, half), writes(mentee, "s", 2, half))
        every = {f"{who}{number}" for who in "ms" for number in range(50)}

        async def complete(page: Page) -> bool:
            return set((await notes(page).input_value()).split()) == every and set(await texts_of(page, "Topics")) == {
                f"topic {word}" for word in every
            }

        for page in (mentor, mentee):
            await until(lambda page=page: complete(page), what="every edit of both")
        await same_notes(mentor, mentee)
        await expect(mentor.locator("#agenda .room-trouble")).to_be_empty()
    finally:
        await fireside.stop()


async def writes(page: Page, who: str, seed: int, half: asyncio.Event) -> None:
    """50 words into the notes, at the beginning, the end or in between, and 50 topics."""
    chance = random.Random(seed)
    drops = set(chance.sample(range(50), 10))
    for number in range(50):
        if number in drops:
            await page.context.set_offline(True)
        if number == 25:
            half.set()
        await page.evaluate(
            """([word, share]) => {
              const field = document.querySelector("#shared-notes");
              const ends = [0, ...[...field.value.matchAll(/ /g)].map((found) => found.index + 1)];
              const place = ends[Math.floor(share * ends.length)];
              field.setRangeText(word + " ", place, place, "end");
              field.dispatchEvent(new InputEvent("input", {bubbles: true}));
            }""",
            [f"{who}{number}", chance.random()],
        )
        await add(page, "New topic", f"topic {who}{number}")
        if number in drops:
            await page.context.set_offline(False)
