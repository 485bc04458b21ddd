"""The overview: its figures are those of the history, and lead to it."""

import html
import re
from datetime import UTC, datetime, timedelta

from tests.cast import until

FIGURE = re.compile(r'<td><a href="([^"]+)">(\d+)</a>')


async def test_each_figure_leads_to_as_many_rows(admin, pair):
    await pair.offer()
    await pair.booking(datetime.now(UTC) - timedelta(days=1))

    async def is_closed():
        await admin.get(f"/history?pair={pair.mentorship_id}&state=missed")
        return "1 row." in admin.text

    await until(is_closed, what="the server to close the catch-up")
    await admin.get("/admin/overview")
    figures = FIGURE.findall(admin.text)
    assert figures
    for address, number in figures:
        await admin.get(html.unescape(address))
        assert re.search(rf"\b{number} rows?\.", admin.text), address


async def test_its_pictures_need_neither_script_nor_inline_style(admin):
    await admin.get("/admin/overview")
    assert admin.text.count("<svg") == 9
    assert ("style=" in admin.text, "data:" in admin.text) == (False, False)


async def test_the_mentor_finds_nothing(mentor):
    assert (await mentor.get("/admin/overview")).status == 404


async def test_figures_of_many_are_counted_once_a_minute(admin, pair, monkeypatch):
    await admin.get("/admin/overview")
    assert "Counted once a minute" not in admin.text
    monkeypatch.setattr("server.admin.queries.overview.OverviewFigures.of_many", True)
    await pair.offer()
    await admin.get("/admin/overview")
    assert "Counted once a minute" in admin.text
    before = FIGURE.findall(admin.text)
    await pair.offer()
    await admin.get("/admin/overview")
    assert FIGURE.findall(admin.text) == before
    monkeypatch.setattr("server.admin.queries.overview.KEPT_FOR", timedelta(0))
    await admin.get("/admin/overview")
    assert FIGURE.findall(admin.text) != before
