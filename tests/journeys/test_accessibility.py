"""axe finds nothing on any page, and its console shows no error, in any of its states: at a desk and on a phone, light
and dark, from left and right. However long a name is, in whatever script, no page becomes wider than its window and no
word leaves its place; and no two sentences run together.

FIRESIDE_FAULTS=long looks at each in every way; else each state is shown in one of four by turns, two of them in
Arabic, and axe looks at the first state of each page.
"""

import os
import re
from collections import Counter
from collections.abc import AsyncIterator
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page
from sqlalchemy import update

from server.db.database import Database
from server.db.tables import people
from server.routes import ROUTES
from tests.cast import Fireside
from tests.journeys.conftest import DESK, PHONE, errors_of
from tests.journeys.gallery import Gallery, Picture

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
AXE = Path(__file__).parents[2] / "build/node/node_modules/axe-core/axe.min.js"
# What answers with something else than a page, or with a piece of one.
NO_PAGES = re.compile(
    r"^/api/|/(socket|events)$|^/files/|/file$|/logo/|/keepsake\.html$|\.(ics|csv|json|zip)$|^/healthz$|^/static/"
)
LOOK = """axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(each =>
  `${each.id} (${each.impact}): ${each.help}: ${each.nodes.map(node => node.html.slice(0, 160)).join(" | ")}`))"""
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
# Where a sentence begins without a space after the one before it.
RUN_TOGETHER = (
    r"""() => [...document.body.innerText.matchAll(/.{0,40}\p{Ll}[.!?][\p{Lu}\d].{0,20}/gu)].map(([text]) => text)"""
)
Way = tuple[dict[str, int], str]
WAYS: dict[str, tuple[Way, ...]] = {
    "en": ((DESK, "light"), (PHONE, "dark")),
    "ar": ((PHONE, "light"), (DESK, "dark")),
}


@pytest.fixture
async def gallery(fireside: Fireside) -> AsyncIterator[Gallery]:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    yield await Gallery.open(database)
    await database.close()


def route_of(path: str) -> str:
    """As a picture writes it: without the pattern of a number."""
    return re.sub(r"\{(\w+):[^/]*\}", r"{\1}", path.replace(r"{id:\d{1,9}}", "{id}"))


async def test_every_page_has_a_picture(gallery: Gallery) -> None:
    """A new page whose states nobody hangs is not looked at below: hang them in gallery.py."""
    pages = {route_of(route.path) for route in ROUTES if route.method == "GET" and not NO_PAGES.search(route.path)}
    assert {picture.route for picture in gallery.pictures} == pages


async def enter(browser: Browser, gallery: Gallery, base_url: str, language: str) -> dict[str | None, BrowserContext]:
    """A browser for everybody, by the token of their visit."""
    found = {}
    for who in {picture.who for picture in gallery.pictures}:
        context = found[who and who.token] = await browser.new_context(locale=language, reduced_motion="reduce")
        if who is not None:
            await context.add_cookies([{"name": "fireside", "value": who.token, "url": base_url}])
    return found


async def show(page: Page, base_url: str, picture: Picture) -> None:
    """Opens the page and brings it into its state."""
    await page.goto(base_url + picture.path)
    if picture.then:
        async with page.expect_navigation():
            await page.evaluate(picture.then)


async def lengthen_names(fireside: Fireside) -> None:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.name.like("Vera%")).values(name=MENTOR))
        await connection.execute(update(people).where(people.c.name.like("Sam %")).values(name=MENTEE))
    await database.close()


async def look(page: Page, way: Way) -> list[str]:
    size, scheme = way
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme=scheme)
    found: list[Any] = await page.evaluate(LOOK)
    return found


@pytest.mark.timeout(1800 if LONG else 600)
@pytest.mark.parametrize("language", WAYS)
async def test_axe_finds_nothing_and_all_stays_in_its_place(
    chromium: Browser, fireside: Fireside, gallery: Gallery, language: str
) -> None:
    await gallery.speak(language)
    await lengthen_names(fireside)
    contexts = await enter(chromium, gallery, fireside.base_url, language)
    turns = [tuple(product((DESK, PHONE), ("light", "dark")))] if LONG else [(way,) for way in WAYS[language]]
    found: dict[str, str] = {}
    wide: dict[str, str] = {}
    together: dict[str, str] = {}
    looked: Counter[str] = Counter()
    pages = {who: await context.new_page() for who, context in contexts.items()}
    errors = [errors_of(page) for page in pages.values()]
    pictures = gallery.pictures if LONG else gallery.pictures[list(WAYS).index(language) :: len(WAYS)]
    first = {id(picture) for picture in {each.route: each for each in reversed(gallery.pictures)}.values()}
    for picture, ways in zip(pictures, cycle(turns), strict=False):
        page = pages[picture.who and picture.who.token]
        await show(page, fireside.base_url, picture)
        assert await page.locator(f"html[lang={language}]").count() == 1, picture
        for each in await page.evaluate(RUN_TOGETHER):
            together.setdefault(each, f"{picture.title}: {picture.path}")
        if not LONG and id(picture) not in first:
            ways = ()
        if ways:
            await page.evaluate(AXE.read_text())
        for way in ways:
            looked[picture.route] += 1
            for fault in await look(page, way):
                found.setdefault(fault, f"{picture.title}: {picture.path}, {way}")
        for size in sorted((DESK, PHONE), key=lambda size: size != page.viewport_size):
            await page.set_viewport_size(size)
            for each in await page.evaluate(WIDE):
                wide.setdefault(each, f"{picture.title}: {picture.path}, {size['width']}")
    for context in contexts.values():
        await context.close()
    print(f"{looked.total()} looks at {len(pictures)} states of {len(looked)} pages in {language}")
    assert (found, wide, together) == ({}, {}, {})
    assert [each for those in errors for each in those] == []
