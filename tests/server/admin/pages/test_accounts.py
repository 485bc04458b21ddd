"""The page of accounts."""

import re
from datetime import UTC, datetime

from server.people.actions.links import find_visitor
from server.people.rules.accounts import Role
from tests.server.actors import visitor_with_account


async def test_an_account_is_added_changed_and_removed(site, admin):
    await admin.get("/admin/accounts")
    assert (admin.status, "Add an account" in admin.text) == (200, True)
    await admin.post("/admin/accounts", email="page@example.org", name="Paola", role="coordinator")
    assert (admin.status, "A link to sign in is on its way" in admin.text) == (200, True)
    number = re.search(r'id="account-(\d+)"[^<]*<bdi>Paola', admin.text)[1]
    await admin.post(f"/admin/accounts/{number}/role", role="admin")
    assert "The role was changed." in admin.text
    await admin.post(f"/admin/accounts/{number}/removal")
    assert ("The account was removed." in admin.text, "Paola" in admin.text) == (True, False)


async def test_what_cannot_be_an_account_is_said_beside_what_was_typed(admin, contents):
    await admin.get("/admin/accounts")
    before = await contents()
    for fields, said in (
        ({"email": "paola", "name": "Paola", "role": "admin"}, "Please enter an email address"),
        ({"email": "paola@example.org", "name": "Paola", "role": "owner"}, "Please choose one from the list."),
    ):
        await admin.post("/admin/accounts", **fields)
        assert (admin.status, said in admin.text, 'value="Paola"' in admin.text) == (422, True, True)
    assert await contents() == before


async def test_an_account_that_is_signed_out_finds_its_pages_no_more(site, admin, coordinator):
    assert (await coordinator.get("/history")).status == 200
    await admin.get("/admin/accounts")
    number = re.search(r'id="account-(\d+)"[^<]*<bdi>coordinator<', admin.text)[1]
    await admin.post(f"/admin/accounts/{number}/sign-out")
    assert "signed out everywhere" in admin.text
    assert (await coordinator.get("/history")).status == 404


async def test_a_coordinator_sees_no_accounts_and_no_link_to_them(coordinator):
    await coordinator.get("/history")
    assert "/admin/accounts" not in coordinator.text
    assert (await coordinator.get("/admin/accounts")).status == 404


async def test_the_only_admin_is_told_why_they_stay(site, admin, contents):
    """The other accounts of the site's admins are coordinators by now."""
    now = datetime.now(UTC)
    await admin.get("/admin/accounts")
    own = await find_visitor(site.database, token(admin), now)
    for number in re.findall(r'action="/admin/accounts/(\d+)/role"', admin.text):
        if int(number) != own.account.id:
            await admin.post(f"/admin/accounts/{number}/role", role="coordinator")
    await admin.post(f"/admin/accounts/{own.account.id}/removal")
    assert (admin.status, "This is the only admin." in admin.text) == (409, True)
    assert (await visitor_with_account(site.database, now, Role.ADMIN, "next@example.org")).account is not None


def token(guest):
    return next(cookie.value for cookie in guest.session.cookie_jar)
