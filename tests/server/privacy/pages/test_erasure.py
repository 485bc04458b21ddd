"""Erasing a person from the admin's page."""

from sqlalchemy import select

from server.db.tables import people
from tests.cast import until


async def test_a_person_is_erased_signed_out_and_their_files_cleared(admin, mentee, mentor, pair, site):
    page = f"/admin/people/{pair.sam.id}/data"
    booking = await pair.booking()
    await mentee.get("/home")
    assert mentee.path == "/home"
    await admin.get(page)
    await admin.post(f"/admin/people/{pair.sam.id}/erasure", typed=pair.sam_email.upper(), why="left")
    assert (admin.status, admin.path, "This person was erased on" in admin.text) == (200, page, True)
    assert (pair.sam_email in admin.text, "Data of a former mentee" in admin.text) == (False, True)
    assert (await mentee.get("/me")).status == 404
    await mentor.get(f"/bookings/{booking.id}")
    assert (mentor.status, "a former mentee" in mentor.text) == (200, True)
    await admin.get("/admin/audit")
    assert ("Erased a person" in admin.text, "They have left the scheme." in admin.text) == (True, True)

    async def cleared():
        async with site.database.reading() as connection:
            found = await connection.execute(select(people.c.cleared_at).where(people.c.id == pair.sam.id))
            return found.scalar_one()

    await until(cleared, what="the job that rewrites the files")
    await admin.get(page)
    assert "files were rewritten on" in admin.text


async def test_what_is_not_meant_is_refused_beside_the_form(admin, pair, site):
    await admin.get(f"/admin/people/{pair.sam.id}/data")
    for fields, said in (
        ({"typed": pair.maya_email, "why": "asked"}, 'href="#typed"'),
        ({"typed": pair.sam_email, "why": ""}, "Please choose one from the list."),
        ({"typed": pair.sam_email, "why": "Sam is rude"}, "Please choose one from the list."),
    ):
        await admin.post(f"/admin/people/{pair.sam.id}/erasure", **fields)
        assert (admin.status, said in admin.text) == (422, True)
    async with site.database.reading() as connection:
        row = (await connection.execute(select(people).where(people.c.id == pair.sam.id))).one()
    assert (row.name, row.erased_at) == ("Sam", None)


async def test_who_has_an_account_is_not_erased(admin, coordinator, site):
    async with site.database.reading() as connection:
        found = await connection.execute(select(people.c.id).where(people.c.email_key == "coordinator@example.org"))
        number = found.scalar_one()
    await admin.get(f"/admin/people/{number}/data")
    assert "Remove the account first." in admin.text
    await admin.post(f"/admin/people/{number}/erasure", typed="coordinator@example.org", why="asked")
    assert (admin.status, "Remove the account first." in admin.text) == (409, True)
