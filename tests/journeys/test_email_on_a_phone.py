"""Emails as a phone shows them: nothing is wider than the screen, whatever people wrote."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from server.catchups.emails import KINDS
from tests.server.catchups.an_email import CONTEXT, SAM, written

LONG = f"https://example.org/{'a-long-way/' * 40}end?{'x' * 300}"
WIDTH = 390


@pytest.mark.parametrize("language", ["en", "de", "ar"])
async def test_every_email_fits_on_a_phone_with_long_addresses_and_names(chromium: Browser, language: str) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft"
    context = replace(
        CONTEXT,
        mentor=replace(CONTEXT.mentor, name=name),
        offer=replace(CONTEXT.offer, note=f"Read {LONG}."),
        words=f"See {LONG} {'W' * 200}",
    )
    page = await chromium.new_page(viewport={"width": WIDTH, "height": 800})
    wide = {}
    for kind in sorted(KINDS):
        email = written(kind, replace(SAM, language=language), context, link=f"https://fireside.example/l/{'s' * 43}")
        await page.set_content(email.get_body(("html",)).get_content())
        wide[kind] = await page.evaluate("document.documentElement.scrollWidth")
        if kind == "offer_made":
            assert await page.locator("blockquote a").get_attribute("href") == LONG
    await page.close()
    assert {kind: width for kind, width in wide.items() if width > WIDTH} == {}
