"""What those who run the scheme do for one person: correct their name and address, send a link, end their links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import NotFound
from server.mail.outbox import has_sent_to
from server.people.actions.audit import acting
from server.people.actions.emails import (
    enqueue_account_link,
    enqueue_new_address,
    enqueue_old_address,
    enqueue_sent_link,
)
from server.people.actions.revocations import RevocationCounts, end_everything_of
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.errors import AddressTaken, OnlyAdmins
from server.people.rules.people import Person, check_email, check_name
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.accounts import find_account_of
from server.people.store.audit import record
from server.people.store.contacts import any_contact


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's name and email address as they are from now on."""

    name: str
    email: str


async def correct(db: Database, visitor: Visitor, person_id: int, correction: Correction, now: datetime) -> bool:
    """Whether anything was changed.

    A new address counts at once, because people whose address is wrong get nothing at the old one. The new one gets a
    confirmation with a link, and the old one is told, if an email ever got there; links go on working.

    Raises NotFound, InvalidInput, AddressTaken or OnlyAdmins.
    """
    name, email = check_name(correction.name), check_email(correction.email)
    async with db.writing() as connection:
        person = await _person(connection, visitor, person_id)
        before = (await any_contact(connection, person.id)).email
        if (name, email) == (person.name, before):
            return False
        if name != person.name:
            await people.set_name(connection, person.id, name)
        if email != before:
            await _move_to(connection, person, before, email, now)
        note_change(connection, Topic("person", person.id))
        await _record(connection, visitor, Act.CHANGED_PERSON, person, now)
        return True


async def send_link(db: Database, visitor: Visitor, person_id: int, now: datetime) -> None:
    """Queues an email with a fresh link to the person's pages. Raises NotFound, or OnlyAdmins."""
    async with db.writing() as connection:
        person = await _person(connection, visitor, person_id)
        await enqueue_sent_link(connection, person.id, now)
        await _record(connection, visitor, Act.SENT_LINK, person, now)


async def revoke_everything(db: Database, visitor: Visitor, person_id: int, now: datetime) -> RevocationCounts:
    """Ends every link, visit and passkey of the person. Raises NotFound, or OnlyAdmins."""
    async with db.writing() as connection:
        person = await _person(connection, visitor, person_id)
        return await end_everything_of(connection, (person.id,), acting(visitor), now)


async def _person(connection: AsyncConnection, visitor: Visitor, person_id: int) -> Person:
    """The person, whom this visitor may arrange things for; locked until the transaction ends."""
    await people.lock_people(connection, (person_id,))
    person = await people.find_unmerged_person(connection, person_id)
    if person is None:
        raise NotFound
    own_admin = visitor.account is not None and visitor.account.is_admin
    if not own_admin and await find_account_of(connection, person.id):
        raise OnlyAdmins
    return person


async def _move_to(connection: AsyncConnection, person: Person, before: str, email: str, now: datetime) -> None:
    other = await people.find_person_by_email(connection, email)
    if other is not None and other.id != person.id:
        raise AddressTaken
    await people.set_email(connection, person.id, email)
    if await find_account_of(connection, person.id):
        await enqueue_account_link(connection, person.id, now)
    else:
        await enqueue_new_address(connection, person.id, now)
    if await has_sent_to(connection, person.id):
        await enqueue_old_address(connection, person.id, before, now)


async def _record(connection: AsyncConnection, visitor: Visitor, act: Act, person: Person, now: datetime) -> None:
    subject = AuditSubject("person", person.id)
    await record(connection, acting(visitor), act, now, people=(person.id,), subject=subject)
