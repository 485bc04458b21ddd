"""The list of those who are perhaps the same person; only admins see it."""

from server.admin.actions.doubles import compare_people, name_double
from server.people.actions.people import NewPerson, find_or_add_person
from tests.server.actors import NOW


async def a_double(site, pair):
    """The id of the other entry, and that of the double."""
    async with site.database.writing() as connection:
        new = NewPerson(pair.sam.name, f"again.{pair.sam_email}", "UTC")
        other = await find_or_add_person(connection, new, NOW)
    await compare_people(site.database)
    return other.id, await name_double(site.database, pair.sam.id, new.email)


async def test_they_are_listed_and_dismissed(site, admin, pair):
    _, double_id = await a_double(site, pair)
    await admin.get(f"/admin/doubles?after={double_id - 1}")
    assert (admin.status, f'id="double-{double_id}"' in admin.text, "same name" in admin.text) == (200, True, True)
    await admin.post(f"/admin/doubles/{double_id}/dismissal")
    assert (admin.path, "Saved." in admin.text) == ("/admin/doubles", True)
    await admin.get(f"/admin/doubles?after={double_id - 1}")
    assert f'id="double-{double_id}"' not in admin.text


async def test_an_admin_names_the_other_from_the_page_of_one(site, admin, pair):
    _, double_id = await a_double(site, pair)
    path = f"/admin/people/{pair.sam.id}"
    await admin.get(path)
    await admin.post(f"{path}/double", other="nobody@example.org")
    assert (admin.status, "Nobody has this email address." in admin.text) == (422, True)
    await admin.post(f"{path}/double", other=f"again.{pair.sam_email}")
    assert (admin.path, "Are these one person?" in admin.text) == (f"/admin/doubles/{double_id}", True)


async def test_a_coordinator_finds_no_such_page(coordinator, pair):
    await coordinator.get("/admin/doubles")
    assert coordinator.status == 404
