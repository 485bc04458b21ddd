"""A person's passkeys."""

from dataclasses import dataclass

from server.db.database import Database
from server.people.rules.passkeys import AccountSignInNeeded
from server.people.rules.visitors import Visitor
from server.people.store.accounts import find_account_of
from server.people.store.contacts import own_contact
from server.people.store.passkeys import StoredPasskey, passkeys_of


@dataclass(frozen=True, slots=True)
class PasskeysPage:
    """`email` is what authenticators show beside the person's name."""

    passkeys: tuple[StoredPasskey, ...]
    email: str


async def read_passkeys_page(db: Database, visitor: Visitor) -> PasskeysPage:
    """Raises AccountSignInNeeded when the visitor has an account, and is not signed in to it."""
    async with db.reading() as connection:
        if visitor.account is None and await find_account_of(connection, visitor.person.id):
            raise AccountSignInNeeded
        return PasskeysPage(
            await passkeys_of(connection, visitor.person.id), (await own_contact(connection, visitor)).email
        )
