"""The session history to download: the rows of the view, for admins, with a reason that those in it see."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import aiohttp
import pytest
from sqlalchemy import func, select

from server.admin.pages.history_columns import COLUMNS
from server.db.tables import audit_entries, audit_people
from tests.server.web.test_xlsx_file import cells

EVERYTHING = list(COLUMNS)


async def download(admin, path, **fields):
    """The file and its headers."""
    await admin.get(path)
    form = aiohttp.FormData([("csrf", admin.hidden["csrf"]), ("reason", fields.pop("reason", "Yearly report"))])
    for column in fields.pop("columns", EVERYTHING):
        form.add_field("column", column)
    form.add_field("format", fields.pop("format"))
    address = admin.base_url + path.replace("/history", "/history/export", 1)
    async with admin.session.post(address, data=form, headers={"Origin": admin.base_url}) as answer:
        return answer.status, answer.headers, await answer.read()


@pytest.fixture
async def theirs(pair):
    """The address of the view of Maya and Sam, who have agreed, offered and met."""
    await pair.booking()
    await pair.booking(datetime.now(UTC) + timedelta(hours=4))
    await pair.offer()
    return f"/history?pair={pair.mentorship_id}&sort=oldest"


async def test_each_format_has_the_rows_of_the_view(admin, pair, theirs):
    await admin.get(theirs)
    seen = re.findall(r'href="/history/(offers/)?(\d+)"', admin.text)
    _, headers, written = await download(admin, theirs, format="json")
    rows = json.loads(written)
    assert [("" if row["booking"] else "offers/", str(row["booking"] or row["offer"])) for row in rows] == seen
    assert [(row["mentor"], row["mentee"]) for row in rows] == [("Maya", "Sam")] * 3
    assert headers["Content-Disposition"].startswith('attachment; filename="sessions-20')
    _, _, written = await download(admin, theirs, format="csv")
    assert written.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert table == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    _, _, written = await download(admin, theirs, format="xlsx")
    sheet = cells(ZipFile(io.BytesIO(written)))
    assert sheet[0] == EVERYTHING
    texts = [EVERYTHING.index(name) for name in ("mentor", "mentee", "state", "medium")]
    assert [[row[n] for n in texts] for row in sheet[1:]] == [[row[EVERYTHING[n]] for n in texts] for row in rows]
    start = EVERYTHING.index("start")
    assert [bool(row[start]) for row in sheet[1:]] == [bool(row["start"]) for row in rows]


async def test_only_the_chosen_columns_are_written(admin, theirs):
    _, _, written = await download(admin, theirs, format="json", columns=["state", "mentor", "nonsense"])
    assert {tuple(row) for row in json.loads(written)} == {("mentor", "state")}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": " . "}, "Please say why"),
        ({"reason": "For Sam"}, "without naming the person"),
        ({"format": "exe"}, "Please choose one from the list"),
        ({"columns": []}, "Please choose at least one column"),
    ],
)
async def test_what_is_missing_is_said_on_the_page(admin, theirs, fields, said):
    status, _, text = await download(admin, theirs, **{"format": "csv", **fields})
    assert (status, said in text.decode()) == (422, True)


async def test_everybody_in_it_sees_why_and_nobody_else(admin, mentee, stranger, theirs, pair, site):
    await download(admin, theirs, format="csv", reason="Report to the funder")
    await mentee.get("/me/looks")
    assert "Exported the session history" in mentee.text
    assert "Why: Report to the funder" in mentee.text
    await stranger.get("/me/looks")
    assert "Exported the session history" not in stranger.text
    await admin.get("/admin/audit")
    assert "Exported the session history" in admin.text
    newest = select(func.max(audit_entries.c.id)).where(audit_entries.c.act == "exported_history").scalar_subquery()
    async with site.database.reading() as connection:
        noted = await connection.execute(select(audit_people.c.person_id).where(audit_people.c.entry_id == newest))
        assert set(noted.scalars()) == {pair.maya.id, pair.sam.id}


async def test_a_coordinator_neither_sees_nor_may_use_it(coordinator, theirs):
    await coordinator.get(theirs)
    assert (coordinator.status, "Export these rows" in coordinator.text) == (200, False)
    status, _, _ = await download(coordinator, theirs, format="csv")
    assert status == 404


async def test_what_fails_on_the_way_does_not_look_whole(admin, theirs, monkeypatch):
    def fail(*_):
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(COLUMNS, "state", fail)
    with pytest.raises(aiohttp.ClientPayloadError):
        await download(admin, theirs, format="csv")
