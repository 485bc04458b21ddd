"""Asking to be forgotten, on one's own page."""


async def test_it_waits_with_its_time_shown_and_is_taken_back(mentee):
    await mentee.get("/me")
    assert 'href="/me/erasure"' in mentee.text
    await mentee.get("/me/erasure")
    for said in ("14 days later", "Passkeys", "Choices, as the ledger holds them", "Ask to be erased"):
        assert said in mentee.text
    await mentee.post("/me/erasure")
    assert (mentee.path, "You are erased on" in mentee.text) == ("/me/erasure", True)
    assert "Ask to be erased" not in mentee.text
    await mentee.post("/me/erasure/withdrawal")
    assert ("You are erased on" in mentee.text, "Ask to be erased" in mentee.text) == (False, True)


async def test_those_who_run_the_scheme_see_who_asked(mentee, admin, coordinator, pair):
    await mentee.get("/me/erasure")
    await mentee.post("/me/erasure")
    for guest, leads in ((admin, True), (coordinator, False)):
        await guest.get("/admin")
        assert "People who asked to be forgotten" in guest.text
        assert (f'href="/admin/people/{pair.sam.id}/data">Sam' in guest.text) is leads
    await mentee.post("/me/erasure/withdrawal")
    await admin.get("/admin")
    assert f"/admin/people/{pair.sam.id}/data" not in admin.text


async def test_an_admin_is_told_to_remove_the_account_first(admin):
    await admin.get("/me")
    assert 'href="/me/erasure"' not in admin.text
    await admin.get("/me/erasure")
    assert ("must remove it first." in admin.text, "Ask to be erased" in admin.text) == (True, False)
    await admin.post("/me/erasure")
    assert admin.status == 404
