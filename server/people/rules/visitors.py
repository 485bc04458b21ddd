"""The visitor: one browser's visit, and what its links open."""

from dataclasses import dataclass
from datetime import datetime

from server.errors import NotFound
from server.people.rules.accounts import Account
from server.people.rules.people import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in by links. A link is for one person and one purpose.

    `home` opens everything of this person's, `catchups` single catch-ups. `account` is theirs if this visit opens the
    admin's pages, else None.
    `link_id` is the link most recently opened: choices made in this visit are recorded under it.
    `csrf` is the secret field that this visit's forms carry. `seen_at` is when the visit was used last, roughly.
    """

    visit_id: int
    person: Person
    link_id: int
    home: bool
    account: Account | None
    catchups: frozenset[int]
    csrf: str
    seen_at: datetime

    @property
    def owner(self) -> bool:
        """Whether all of this person's own pages are open to them, not only those of single catch-ups."""
        return self.home or self.account is not None

    def reaches(self, catchup_id: int) -> bool:
        """Whether a link that was opened in this visit leads to the catch-up. Does not check that they take part."""
        return self.home or catchup_id in self.catchups


def check_home(visitor: Visitor) -> Person:
    """The visitor's person, if a link to their home was opened in this visit. Raises NotFound."""
    if not visitor.home:
        raise NotFound
    return visitor.person


def check_account(visitor: Visitor) -> Account:
    """The visitor's account, if this visit opens the admin's pages. Raises NotFound."""
    if visitor.account is None:
        raise NotFound
    return visitor.account
