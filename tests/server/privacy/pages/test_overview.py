"""The admin's page of privacy."""


async def test_it_leads_to_the_data_of_one_person(admin, pair):
    await admin.get("/admin/privacy")
    await admin.post("/admin/privacy", email=pair.sam_email.upper())
    assert (admin.status, admin.path) == (200, f"/admin/people/{pair.sam.id}/data")


async def test_an_address_that_nobody_has_is_said_beside_what_was_typed(admin):
    await admin.get("/admin/privacy")
    await admin.post("/admin/privacy", email="nobody@nowhere.example")
    assert admin.status == 404
    assert ("Nobody has this email address." in admin.text, 'value="nobody@nowhere.example"' in admin.text) == (
        True,
        True,
    )


async def test_other_periods_are_tried_without_a_change(admin, contents):
    await admin.get("/admin/privacy")
    assert ("FIRESIDE_KEEP_WORDS_DAYS=0" in admin.text, "Nothing goes." in admin.text) == (True, True)
    before = await contents()
    await admin.get("/admin/privacy?words=3650&emails=soon&quality=1")
    assert (admin.status, "0 entries are older than 3,650 days." in admin.text) == (200, True)
    assert await contents() == before


async def test_coordinators_do_not_find_it(coordinator):
    await coordinator.get("/admin")
    assert 'href="/admin/privacy"' not in coordinator.text
    assert (await coordinator.get("/admin/privacy")).status == 404
