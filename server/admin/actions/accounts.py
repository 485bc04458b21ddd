"""Accounts: making them, changing their role, removing them, and the links that work once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.actions.emails import enqueue_account_link
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.accounts import START, Account, NoAccount, Role, check_admin_left
from server.people.rules.audit import COMMAND_LINE, Act, Actor, AuditSubject
from server.people.rules.errors import UnknownAddress
from server.people.rules.links import ONE_TIME, Purpose
from server.people.rules.people import check_email, check_name
from server.people.rules.visitors import Visitor
from server.people.store import accounts, links
from server.people.store.audit import record
from server.people.store.passkeys import close_admin_pages
from server.people.store.people import find_person_by_email


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to make. `name` counts for somebody who is not known yet; empty: what stands before the @."""

    email: str
    role: Role
    zone: str
    language: str
    name: str = ""


async def make_account(connection: AsyncConnection, new: NewAccount, actor: Actor, now: datetime) -> Account:
    """The account of the person with this address, in this role; both are added when they are missing.

    Raises InvalidInput, or LastAdmin when they are the only admin and would be none any more.
    """
    email = check_email(new.email)
    name = check_name(new.name or email.rpartition("@")[0])
    person = await find_or_add_person(connection, NewPerson(name, email, new.zone, new.language), now)
    account = await accounts.find_account_of(connection, person.id)
    if account is None:
        account = await accounts.open_account(connection, person.id, new.role, now)
        await _record(connection, actor, Act.MADE_ACCOUNT, account, now)
        return account
    return await _change_role(connection, account, new.role, actor, now)


async def invite(db: Database, visitor: Visitor, new: NewAccount, now: datetime) -> None:
    """Makes an account, and queues an email with a link to sign in. Raises what `make_account` does."""
    async with db.writing() as connection:
        account = await make_account(connection, new, acting(visitor), now)
        await enqueue_account_link(connection, account.person_id, now)


async def change_role(db: Database, visitor: Visitor, account_id: int, role: Role, now: datetime) -> None:
    """Raises NotFound, or LastAdmin."""
    async with db.writing() as connection:
        account = await _existing(connection, account_id)
        await _change_role(connection, account, role, acting(visitor), now)


async def remove_account(db: Database, visitor: Visitor, account_id: int, now: datetime) -> None:
    """Ends the account and its links: its visits open none of the admin's pages. Raises NotFound, or LastAdmin."""
    async with db.writing() as connection:
        account = await _existing(connection, account_id)
        check_admin_left(account, len(await accounts.lock_admins(connection)))
        await accounts.end_account(connection, account.id, now)
        await close_admin_pages(connection, account.person_id)
        await _end_links(connection, account, now)
        await _record(connection, acting(visitor), Act.REMOVED_ACCOUNT, account, now)


async def sign_out_account(db: Database, visitor: Visitor, account_id: int, now: datetime) -> None:
    """Signs the account out everywhere, and ends the links to sign in that wait. Raises NotFound."""
    async with db.writing() as connection:
        account = await _existing(connection, account_id)
        await _end_links(connection, account, now)
        await _record(connection, acting(visitor), Act.SIGNED_OUT_OTHERS, account, now)


async def send_link(db: Database, visitor: Visitor, account_id: int, now: datetime) -> None:
    """Queues an email with a link to sign in. Raises NotFound."""
    async with db.writing() as connection:
        account = await _existing(connection, account_id)
        await enqueue_account_link(connection, account.person_id, now)
        await _record(connection, acting(visitor), Act.MADE_LINK, account, now)


async def make_account_link(connection: AsyncConnection, account: Account, now: datetime) -> str:
    """The secret of a link that signs in once, for the command line to print."""
    await _record(connection, COMMAND_LINE, Act.MADE_LINK, account, now)
    return await make_link(connection, now, person_id=account.person_id, purpose=Purpose.ADMIN, path=START)


async def find_any_account(connection: AsyncConnection, email: str | None) -> Account:
    """The account of the person with this address, or the oldest admin's. Raises UnknownAddress, or NoAccount."""
    if email is None:
        admins = await accounts.lock_admins(connection)
        if not admins:
            raise NoAccount
        return admins[0]
    person = await find_person_by_email(connection, email)
    account = await accounts.find_account_of(connection, person.id) if person else None
    if account is None:
        raise UnknownAddress
    return account


async def _existing(connection: AsyncConnection, account_id: int) -> Account:
    account = await accounts.find_account(connection, account_id)
    if account is None:
        raise NotFound
    return account


async def _change_role(
    connection: AsyncConnection, account: Account, role: Role, actor: Actor, now: datetime
) -> Account:
    if account.role is role:
        return account
    check_admin_left(account, len(await accounts.lock_admins(connection)))
    await accounts.set_role(connection, account.id, role)
    await _record(connection, actor, Act.CHANGED_ROLE, account, now)
    return Account(account.id, account.person_id, role)


async def _end_links(connection: AsyncConnection, account: Account, now: datetime) -> None:
    for purpose in ONE_TIME:
        await links.revoke_purpose_of(connection, account.person_id, purpose, now)
    note_change(connection, Topic("person", account.person_id))


async def _record(connection: AsyncConnection, actor: Actor, act: Act, account: Account, now: datetime) -> None:
    await record(connection, actor, act, now, subject=AuditSubject("account", account.id))
