"""Accounts of those who run the scheme: what their role lets them do, and what keeps at least one way in open."""

from dataclasses import dataclass
from enum import StrEnum

from server.errors import DomainError
from server.i18n.texts import N_

# The address of the account that the migration made of the admin that earlier versions had: nobody reads it.
NO_ADDRESS = "admin@fireside.invalid"
# The first page of those who have an account.
START = "/admin"


class Role(StrEnum):
    """A coordinator reads and arranges; exports, settings, accounts and the audit log are for admins."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Account:
    """The right of one person to the admin's pages, until it is removed."""

    id: int
    person_id: int
    role: Role

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


class LastAdmin(DomainError):
    sentence = N_("This is the only admin. Make another account an admin first; then this one can be changed.")


class NoAccount(DomainError):
    """The command line was asked for a link, and does not know whose."""

    sentence = N_("There is no admin yet. Make one with fireside admin create EMAIL.")


def check_admin_left(account: Account, admins: int) -> None:
    """Whether an account may stop to be an admin's, of that many `admins`. Raises LastAdmin."""
    if account.is_admin and admins <= 1:
        raise LastAdmin


def reaches(email: str) -> bool:
    """Whether anybody can read emails to this address."""
    return email != NO_ADDRESS
