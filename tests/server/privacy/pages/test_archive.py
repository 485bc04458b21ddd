"""Everything about one person as one archive: for themselves, and for admins with a reason."""

import io
import json
from zipfile import ZipFile

from icalendar import Calendar
from sqlalchemy import select

from server.db.tables import audit_entries
from server.privacy.rules.places import PLACES


async def unzipped(guest, path, **fields) -> dict[str, bytes]:
    """The files of the archive that a page gives."""
    sent = {**guest.hidden, **fields}
    headers = {"Origin": guest.base_url}
    asked = guest.session.post(guest.base_url + path, data=sent, headers=headers) if fields else None
    async with asked or guest.session.get(guest.base_url + path) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        with ZipFile(io.BytesIO(await answer.read())) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name) for name in archive.namelist()}


async def test_people_get_everything_about_them_at_once(mentee, pair):
    booking = await pair.booking()
    await mentee.get("/me")
    assert 'href="/me/archive.zip"' in mentee.text
    files = await unzipped(mentee, "/me/archive.zip")
    data = json.loads(files["data.json"])
    assert data["tables"]["people"][0]["email"] == pair.sam_email
    assert [row["note"] for row in data["tables"]["offers"]] == ["I moved house."]
    assert data["names"] == {str(pair.sam.id): "Sam", str(pair.maya.id): "Maya"}
    assert set(data["wordings"]) == {row["wording_hash"] for row in data["tables"]["choices"]}
    assert [event.name for event in Calendar.from_ical(files["catch-ups.ics"]).walk("VEVENT")] == ["VEVENT"]
    assert {name for name in files if name.startswith("tables/")} == {f"tables/{name}.csv" for name in data["tables"]}
    assert files["tables/bookings.csv"].decode("utf-8-sig").splitlines()[1].startswith(f'"{booking.id}"')
    page = files["index.html"].decode()
    for said in ("Data of Sam", "I moved house.", pair.sam_email, "Offers made and received", "<bdi>Maya</bdi>"):
        assert said in page
    assert ("<script" in page, "src=" in page) == (False, False)


async def test_what_is_about_others_and_what_lets_in_is_not_in_it(mentee, pair):
    await pair.another_mentee()
    files = await unzipped(mentee, "/me/archive.zip")
    text = b"".join(files.values()).decode(errors="replace")
    assert [word for word in ("Lena", "lena", pair.maya_email) if word in text] == []
    data = json.loads(files["data.json"])
    for place in PLACES:
        header = files.get(f"tables/{place.table}.csv", b"").decode("utf-8-sig").partition("\n")[0]
        shown = {name.strip('"\r') for name in header.split(",")}.union(*data["tables"].get(place.table, []))
        assert shown.isdisjoint(place.secret.split()), place.table


async def test_an_admin_says_why_and_the_person_sees_it(admin, mentee, pair):
    await admin.get(f"/admin/people/{pair.sam.id}/data")
    why = "A letter that asked for it came by post."
    files = await unzipped(admin, f"/admin/people/{pair.sam.id}/archive", reason=why)
    data = json.loads(files["data.json"])
    assert (data["looks"][0]["act"], data["tables"]["people"][0]["name"]) == ("looked_at_person", "Sam")
    await mentee.get("/me/looks")
    assert ("Exported data" in mentee.text, why in mentee.text) == (True, True)


async def test_without_a_reason_or_with_the_persons_name_in_it_nothing_is_given(admin, pair, site):
    await admin.get(f"/admin/people/{pair.sam.id}/data")
    for why, said in (("", "Please say why."), ("sam wants it", "without naming the person")):
        await admin.post(f"/admin/people/{pair.sam.id}/archive", reason=why)
        assert (admin.status, said in admin.text, f'value="{why}"' in admin.text) == (422, True, True)
    async with site.database.reading() as connection:
        assert "sam wants it" not in (await connection.execute(select(audit_entries.c.reason))).scalars().all()


async def test_nobody_gets_somebody_elses(coordinator, mentor, nobody, pair):
    path = f"/admin/people/{pair.sam.id}/archive"
    for guest in (coordinator, mentor, nobody):
        await guest.get("/home")
        assert (await guest.post(path, reason="I am curious.")).status == 404
    assert (await nobody.get("/me/archive.zip")).status == 404


async def test_a_table_holds_no_formula(mentee, pair):
    await mentee.get("/me")
    await mentee.post("/me", language="en", zone="Europe/London", phone="", needs="=1+1", preferred_name="")
    files = await unzipped(mentee, "/me/archive.zip")
    assert b'"\'=1+1"' in files["tables/people.csv"]
