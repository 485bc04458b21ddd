"""What a merge would do is shown first, with what cannot be undone; then it is done."""

from tests.server.admin.pages.test_doubles import a_double


async def test_it_is_shown_and_done_and_the_person_reads_why(site, admin, mentee, pair):
    other, double_id = await a_double(site, pair)
    path = f"/admin/doubles/{double_id}"
    await admin.get(path)
    assert (admin.status, "This cannot be undone." in admin.text) == (200, True)
    assert pair.sam_email in admin.text
    assert f"again.{pair.sam_email}" in admin.text
    await admin.post(f"{path}/merging", address=str(pair.sam.id), reason="")
    assert (admin.status, 'href="#reason"' in admin.text) == (422, True)
    await admin.post(f"{path}/merging", reason="Added twice")
    assert (admin.status, 'href="#address"' in admin.text) == (422, True)
    await admin.post(f"{path}/merging", address=str(pair.sam.id), reason="Added twice")
    assert (admin.path, "The two entries are one person now." in admin.text) == (f"/admin/people/{pair.sam.id}", True)
    await admin.get(f"/admin/people/{other}")
    assert admin.path == f"/admin/people/{pair.sam.id}"
    await mentee.get("/me/looks")
    assert "Merged two entries of one person" in mentee.text
    assert "Added twice" in mentee.text


async def test_what_cannot_be_merged_is_said_before_anything_is_chosen(site, admin, pair):
    path = f"/admin/people/{pair.sam.id}"
    await admin.get(path)
    await admin.post(f"{path}/double", other=pair.maya_email)
    assert "somebody would be their own mentor" in admin.text
    assert 'name="address"' not in admin.text
    await admin.post(f"{admin.path}/merging", address=str(pair.sam.id), name=str(pair.sam.id), reason="Added twice")
    assert admin.status == 409
