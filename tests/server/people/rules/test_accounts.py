"""An admin is always left, and an address that nobody reads is known."""

import pytest

from server.people.rules.accounts import NO_ADDRESS, Account, LastAdmin, Role, check_admin_left, reaches


@pytest.mark.parametrize(("role", "admins"), [(Role.ADMIN, 2), (Role.COORDINATOR, 1), (Role.COORDINATOR, 0)])
def test_an_account_may_go_while_an_admin_is_left(role, admins):
    check_admin_left(Account(1, 1, role), admins)


def test_the_only_admin_stays():
    with pytest.raises(LastAdmin, match="Make another account an admin first"):
        check_admin_left(Account(1, 1, Role.ADMIN), 1)


def test_the_address_of_the_admin_of_earlier_versions_reaches_nobody():
    assert [reaches(email) for email in (NO_ADDRESS, "ada@example.org")] == [False, True]
