"""The pages that bring many people in: the table, what becomes of its rows, and the corrections."""

import html
import re
from itertools import count

import aiohttp
import pytest
from sqlalchemy import func, select

from server.db.tables import people

numbers = count(1)
CELLS = "Mentor\tMentor E-Mail\tMentee\tMentee E-Mail\n"


@pytest.fixture
def count_of_people(database):
    async def read():
        async with database.reading() as connection:
            # Others come and go, as other tests left them.
            imported = select(func.count()).where(people.c.email.contains("@import.example"))
            return (await connection.execute(imported)).scalar_one()

    return read


def a_pair(wrong=""):
    number = next(numbers)
    return f"Nour {number}\tnour{number}@import.example\tLi {number}\tli{number}@import.example{wrong}\n"


def carried(guest):
    return html.unescape(re.search(r'name="table" value="([^"]*)"', guest.text)[1])


async def upload(guest, content):
    """Chooses a file in the form, as a browser sends it."""
    form = aiohttp.FormData()
    form.add_field("csrf", guest.hidden["csrf"])
    form.add_field("language", "en")
    form.add_field("cells", "")
    form.add_field("file", content, filename="people.csv", content_type="text/csv")
    headers = {"Origin": guest.base_url}
    return await guest._take(guest.session.post(f"{guest.base_url}/admin/import", data=form, headers=headers))


async def test_pasted_rows_are_shown_then_added(coordinator):
    await coordinator.get("/admin/import")
    await coordinator.post("/admin/import", cells=CELLS + a_pair() + a_pair(), language="de")
    assert (coordinator.status, "4 people are added." in coordinator.text) == (200, True)
    assert ("2 pairs are made." in coordinator.text, "Add all of them" in coordinator.text) == (True, True)
    await coordinator.post("/admin/imports", table=carried(coordinator), language="de")
    assert (coordinator.status, coordinator.path.startswith("/admin/imports/")) == (200, True)
    assert ("4 people were added." in coordinator.text, "<progress" in coordinator.text) == (True, True)


async def test_a_wrong_row_is_corrected_in_place(coordinator, count_of_people):
    before = await count_of_people()
    await coordinator.get("/admin/import")
    await coordinator.post("/admin/import", cells=CELLS + a_pair() + a_pair("@") + a_pair("@"), language="en")
    assert "2 rows must be corrected, or left out." in coordinator.text
    assert 'id="row3_mentee_email"' in coordinator.text
    shown = {"table": carried(coordinator), "language": "en"}
    corrected = shown | {
        "row3_shown": "1",
        "row3_mentor_name": "Nour",
        "row3_mentor_email": f"nour{next(numbers)}@import.example",
        "row3_mentee_name": "Li",
        "row3_mentee_email": f"li{next(numbers)}@import.example",
        "row4_shown": "1",
        "row4_out": "on",
    }
    # What is sent to be added with something wrong in it comes back as it was.
    await coordinator.post("/admin/imports", **shown)
    assert (coordinator.status, await count_of_people()) == (409, before)
    await coordinator.post("/admin/import", **corrected)
    assert ("4 people are added." in coordinator.text, "left out: 1" in coordinator.text) == (True, True)
    await coordinator.post("/admin/imports", table=carried(coordinator), language="en")
    assert await count_of_people() == before + 4


async def test_a_file_is_read_whatever_its_encoding(coordinator):
    await coordinator.get("/admin/import")
    pair = a_pair().replace("Nour", "Jörg").replace("\t", ";")
    await upload(coordinator, (CELLS.replace("\t", ";") + pair).encode("cp1252"))
    assert (coordinator.status, "Jörg" in coordinator.text) == (200, True)


async def test_a_table_may_be_larger_than_other_forms(coordinator):
    await coordinator.get("/admin/import")
    many = "".join(a_pair() for _ in range(1000))
    await upload(coordinator, (CELLS + many).encode())
    assert (coordinator.status, "2,000 people are added." in coordinator.text) == (200, True)
    table = carried(coordinator)
    assert len(table) > 64 * 1024
    await upload(coordinator, b"x" * 5_000_000)
    assert coordinator.status == 413


async def test_what_is_no_table_is_said(coordinator):
    await coordinator.get("/admin/import")
    for content, said in ((b"PK\x03\x04", "Save it as CSV"), (b"a,b\nc,d", "no column with email addresses")):
        await upload(coordinator, content)
        assert (coordinator.status, said in coordinator.text) == (422, True)
    await coordinator.post("/admin/import", cells=CELLS + a_pair(), language="tlh")
    assert coordinator.status == 422
    await coordinator.post("/admin/imports", table="[]", language="en")
    assert coordinator.status in (409, 422)
