"""However long a name is, in whatever script, no page becomes wider than its window and no word leaves its place."""

import pytest
from playwright.async_api import Browser
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import people
from tests.cast import Fireside
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.gallery import Gallery
from tests.journeys.test_accessibility import enter, gallery, show

__all__ = ["gallery"]

# Without a place to break for 80 letters, as some names and many nicknames are.
UNBROKEN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzbeauftragter"
MENTOR = f"Prof. Dr. Dr. h. c. Maximiliane-Charlotte {UNBROKEN} Freifrau von und zu Hohenstein-Wittelsbach, M. A."
MENTEE = "محمدعبدالرحمنبنعبداللهبنعبدالعزيزآلالشيخالمعروفبأبيخالدالدمشقي محمد عبد الرحمن بن عبد الله"
# What sticks out of the window, or of an element that neither cuts off nor scrolls what is too wide.
WIDE = r"""() => [...document.querySelectorAll("body, body *")]
  .filter((each) => each.checkVisibility() && each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
  .filter((each) => getComputedStyle(each).overflowX === "visible" && getComputedStyle(each).display !== "inline")
  .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().replace(/\s+/g, " ").slice(0, 60)}`)
  .concat(document.documentElement.scrollWidth > innerWidth ? [`page ${document.documentElement.scrollWidth}`] : [])"""


@pytest.mark.timeout(600)
async def test_no_name_leaves_its_place(chromium: Browser, fireside: Fireside, gallery: Gallery) -> None:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.name.like("Vera%")).values(name=MENTOR))
        await connection.execute(update(people).where(people.c.name.like("Sam %")).values(name=MENTEE))
    await database.close()
    await gallery.speak("en")
    contexts = await enter(chromium, gallery, fireside.base_url, "en")
    pages = {who: await context.new_page() for who, context in contexts.items()}
    found: dict[str, str] = {}
    for picture in gallery.pictures:
        page = pages[picture.who and picture.who.token]
        await show(page, fireside.base_url, picture)
        for size in (DESK, PHONE):
            await page.set_viewport_size(size)
            for each in await page.evaluate(WIDE):
                found.setdefault(each, f"{picture.title}: {picture.path}, {size['width']}")
    for context in contexts.values():
        await context.close()
    assert found == {}
