"""The page of one person."""


async def test_it_is_shown_and_the_person_sees_who_looked(coordinator, mentor, pair):
    await coordinator.get(f"/admin/people/{pair.maya.id}")
    assert (coordinator.status, pair.maya_email in coordinator.text, pair.sam.name in coordinator.text) == (
        200,
        True,
        True,
    )
    await mentor.get("/me/looks")
    assert "Looked at a person's name and address" in mentor.text


async def test_a_name_is_corrected_and_a_link_sent(coordinator, pair):
    path = f"/admin/people/{pair.sam.id}"
    await coordinator.get(path)
    await coordinator.post(path, name="Samuel Okafor", email=pair.sam_email)
    assert (coordinator.status, "<bdi>Samuel Okafor</bdi></h1>" in coordinator.text) == (200, True)
    await coordinator.post(f"{path}/link")
    assert "A new link is on its way." in coordinator.text


async def test_what_cannot_be_is_said_beside_what_was_typed(coordinator, pair):
    path = f"/admin/people/{pair.sam.id}"
    await coordinator.get(path)
    await coordinator.post(path, name="Samuel", email="samuel")
    assert (coordinator.status, 'value="Samuel"' in coordinator.text, 'href="#email"' in coordinator.text) == (
        422,
        True,
        True,
    )
    await coordinator.post(path, name="Samuel", email=pair.maya_email)
    assert (coordinator.status, "Somebody else has this email address." in coordinator.text) == (409, True)


async def test_ended_links_open_nothing(coordinator, mentee, pair):
    await coordinator.get(f"/admin/people/{pair.sam.id}")
    await coordinator.post(f"/admin/people/{pair.sam.id}/revocation")
    assert "All links have ended" in coordinator.text
    await mentee.get("/home")
    assert mentee.path == "/"


async def test_a_coordinator_cannot_change_somebody_with_an_account(admin, coordinator, pair):
    await admin.get("/admin/accounts")
    await admin.post("/admin/accounts", email=pair.maya_email, name="Maya", role="admin")
    path = f"/admin/people/{pair.maya.id}"
    await coordinator.get(path)
    assert ("Only an admin can change" in coordinator.text, "End all links" in coordinator.text) == (True, False)
    await coordinator.post(path, name="Maya", email="coordinator2@example.org")
    assert coordinator.status == 403
    await admin.get(path)
    await admin.post(path, name="Maya L", email=pair.maya_email)
    assert (admin.status, "Saved." in admin.text) == (200, True)
