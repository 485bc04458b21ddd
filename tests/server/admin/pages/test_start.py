"""The start page."""

from tests.cast import until


async def test_it_says_what_is_missing_and_what_to_do(admin, pair):
    await admin.get("/admin")
    assert (admin.status, "There are" in admin.text or "There is 1 pair" in admin.text) == (200, True)
    for said in (
        "No mail server is set",
        "only this machine",
        "FIRESIDE_SMTP_URL",
    ):
        assert said in admin.text
    assert 'href="/admin/pairs/new"' in admin.text
    assert 'href="/media-check"' in admin.text

    async def is_checked():
        await admin.get("/admin")
        return "The ledger is intact" in admin.text

    await until(is_checked, what="the server's first check of the ledger")


async def test_a_coordinator_sees_it_without_links_that_do_not_open_to_them(coordinator):
    await coordinator.get("/admin")
    assert coordinator.status == 200
    assert 'href="/media-check"' not in coordinator.text
