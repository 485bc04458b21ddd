"""Adding a passkey, signing in with one, and removing one."""

import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.people.actions.links import VisitStart
from server.people.actions.sign_in import begin_visit, open_purpose
from server.people.rules.accounts import START, Account, reaches
from server.people.rules.audit import Act, actor_of
from server.people.rules.browsers import UNKNOWN, BrowserName
from server.people.rules.links import Purpose
from server.people.rules.passkeys import (
    MOST_PASSKEYS,
    SIGN_IN,
    AccountSignInNeeded,
    LastWayIn,
    PasskeyRefused,
    PasskeyUnknown,
    RelyingParty,
    TooManyPasskeys,
    adding_in,
    challenge_in,
    check_new,
    check_passkey_name,
    check_use,
    credential_id_in,
)
from server.people.rules.visitors import Visitor
from server.people.store import links, passkeys
from server.people.store.accounts import find_account_of
from server.people.store.audit import record
from server.people.store.contacts import own_contact
from server.people.store.people import has_mentorship

HOME = "/home"


async def add_passkey(
    db: Database, visitor: Visitor, name: str, credential: str, party: RelyingParty, key: bytes, now: datetime
) -> None:
    """Keeps the passkey that the visitor's browser made; `credential` is its JSON, `key` that of the challenges.

    Raises InvalidInput, PasskeyRefused, PasskeyTooOld, TooManyPasskeys, or AccountSignInNeeded.
    """
    name = check_passkey_name(name)
    challenge = challenge_in(credential, key, adding_in(visitor.visit_id), now)
    new = check_new(credential, challenge, party)
    async with db.writing() as connection:
        await _check_account(connection, visitor)
        if await passkeys.count_passkeys(connection, visitor.person.id) >= MOST_PASSKEYS:
            raise TooManyPasskeys
        await _use_up(connection, challenge, now)
        for_admin = visitor.account is not None
        if not await passkeys.add_passkey(connection, visitor.person.id, new, name, party.id, now, for_admin=for_admin):
            raise PasskeyRefused
        await _record(connection, visitor.account, Act.ADDED_PASSKEY, now)


async def sign_in_with_passkey(
    db: Database,
    credential: str,
    visit_token: str | None,
    party: RelyingParty,
    key: bytes,
    now: datetime,
    browser: BrowserName = UNKNOWN,
) -> VisitStart:
    """Signs in whose passkey this is, to their own pages, and to the admin's if it was added there.

    Raises PasskeyRefused, PasskeyTooOld, or PasskeyUnknown.
    """
    challenge = challenge_in(credential, key, SIGN_IN, now)
    async with db.writing() as connection:
        passkey = await passkeys.lock_any_passkey(connection, credential_id_in(credential))
        if passkey is None:
            raise PasskeyUnknown
        count = check_use(credential, challenge, party, passkey.public_key, passkey.sign_count)
        await _use_up(connection, challenge, now)
        await passkeys.note_used(connection, passkey.id, count, now)
        person_id = passkey.person_id
        account = await find_account_of(connection, person_id) if passkey.for_admin else None
        token, visit_id = await begin_visit(connection, person_id, visit_token, browser, now)
        if account is not None:
            await open_purpose(connection, visit_id, person_id, Purpose.ADMIN, now)
        elif not await has_mentorship(connection, person_id):
            await open_purpose(connection, visit_id, person_id, Purpose.HOME, now)
        await _record(connection, account, Act.SIGNED_IN, now)
    return VisitStart(token, START if account else HOME)


async def remove_passkey(db: Database, visitor: Visitor, passkey_id: int, now: datetime, *, mailing: bool) -> None:
    """Removes a passkey of the visitor's. `mailing`: emails from this server reach people.

    Raises NotFound, LastWayIn, or AccountSignInNeeded.
    """
    person_id = visitor.person.id
    async with db.writing() as connection:
        await _check_account(connection, visitor)
        if not await passkeys.remove_passkeys(connection, person_id, [passkey_id]):
            raise NotFound
        purpose = Purpose.ADMIN if visitor.account else Purpose.HOME
        if not (
            (mailing and reaches((await own_contact(connection, visitor)).email))
            or await passkeys.count_passkeys(connection, person_id)
            or await links.has_link(connection, person_id, {purpose}, now)
        ):
            raise LastWayIn
        await _record(connection, visitor.account, Act.REMOVED_PASSKEY, now)


async def _check_account(connection: AsyncConnection, visitor: Visitor) -> None:
    """Raises AccountSignInNeeded when the visitor has an account, and is not signed in to it."""
    if visitor.account is None and await find_account_of(connection, visitor.person.id):
        raise AccountSignInNeeded


async def _use_up(connection: AsyncConnection, challenge: bytes, now: datetime) -> None:
    """Raises PasskeyRefused when somebody has answered this challenge before."""
    if not await passkeys.use_up(connection, hashlib.sha256(challenge).hexdigest(), now):
        raise PasskeyRefused


async def _record(connection: AsyncConnection, account: Account | None, act: Act, now: datetime) -> None:
    if account is not None:
        await record(connection, actor_of(account), act, now)
