"""The page that lists people."""


async def test_somebody_is_found_with_what_they_lack(coordinator, pair):
    await coordinator.get(f"/admin/people?name={pair.maya_email}")
    assert (coordinator.status, coordinator.text.count(f'href="/admin/people/{pair.maya.id}"')) == (200, 1)
    assert ("no email delivered yet" in coordinator.text, "mentor of 1 person" in coordinator.text) == (True, True)


async def test_nobody_found_is_said(coordinator):
    await coordinator.get("/admin/people?name=%00qqq")
    assert (coordinator.status, "Nobody is called that." in coordinator.text) == (200, True)
    await coordinator.get("/admin/people?after=999999999")
    assert coordinator.status == 200
