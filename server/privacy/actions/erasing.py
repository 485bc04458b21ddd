"""Erasing a person: what they agreed to is withdrawn, their words and addresses go, numbers and the ledger stay."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.answers import decline_offer
from server.catchups.actions.consents import withdraw_consent
from server.catchups.rules.consents import withdrawals
from server.catchups.rules.ledger import ChoiceKind, wording
from server.catchups.store.offers import open_offers_of
from server.catchups.store.own_choices import choices_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import DomainError
from server.i18n.catalog import language_of
from server.i18n.texts import N_
from server.mail.kept_emails import delete_emails_about
from server.people.rules.audit import Act, Actor, AuditSubject
from server.people.rules.links import Purpose
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.accounts import find_account_of
from server.people.store.audit import record
from server.people.store.contacts import any_contact
from server.people.store.links import add_link, revoke_links_of
from server.people.store.people import mentorships_of, note_erased
from server.privacy.store.places import erase_rows

FORMER_MENTOR, FORMER_MENTEE = N_("a former mentor"), N_("a former mentee")
MEETING = frozenset({ChoiceKind.WITHDREW, ChoiceKind.TOOK_BACK})


class HasAccount(DomainError):
    sentence = N_("This person has an account that runs the scheme. Remove the account first.")


async def erase_person(db: Database, person: Person, actor: Actor, folder: Path | None, now: datetime) -> None:
    """Withdraws what the person agreed to, which tells the others; then erases them everywhere.

    `folder` is where emails are kept when there is no mail server. When it returns, no byte of what went rests in the
    database's files (on PostgreSQL: its write-ahead log keeps some until it is recycled). Raises HasAccount.
    """
    async with db.reading() as connection:
        if await find_account_of(connection, person.id):
            raise HasAccount
        contact = await any_contact(connection, person.id)
    await _withdraw_everything(db, person, now)
    async with db.writing() as connection:
        await revoke_links_of(connection, person.id, now)
        nowhere = f"erased-{person.id}@fireside.invalid"
        values = {
            "people.name": await _former_name(connection, person),
            "people.email": nowhere,
            "people.email_key": nowhere,
            "people.zone": "UTC",
            "people.language": "en",
        }
        await erase_rows(connection, person.id, values)
        await note_erased(connection, person.id, now)
        await record(connection, actor, Act.ERASED_PERSON, now, subject=AuditSubject("person", person.id))
        note_change(connection, Topic("person", person.id))
    await db.compact()
    if folder is not None:
        delete_emails_about(folder, {person.name, person.preferred_name, contact.email} - {""})


async def _former_name(connection: AsyncConnection, person: Person) -> str:
    """What the others read in place of the name: in the language of the one who reads it most, the newest partner."""
    mentorships = await mentorships_of(connection, person)
    if not mentorships:
        return FORMER_MENTEE
    newest = max(mentorships, key=lambda row: row.id)
    former = FORMER_MENTOR if newest.role == "mentor" else FORMER_MENTEE
    return language_of(newest.other.language).gettext(former)


async def _withdraw_everything(db: Database, person: Person, now: datetime) -> None:
    """Withdraws from what is to come, and answers the offers that wait for the person."""
    async with db.writing() as connection:
        link_id = await add_link(
            connection,
            person_id=person.id,
            purpose=Purpose.HOME,
            catchup_id=None,
            path="/",
            secret_hash=None,
            now=now,
            expires_at=now + timedelta(minutes=1),
        )
    visitor = Visitor(
        visit_id=0,
        person=person,
        link_id=link_id,
        home=True,
        account=None,
        catchups=frozenset(),
        csrf="",
        seen_at=now,
    )
    language = language_of(person.language)
    async with db.reading() as connection:
        own = await choices_of(connection, visitor)
    stand = withdrawals(own, now)
    for choice in (each for each in own if stand.get(each.id) in MEETING):
        # It may have ended since it was read.
        with suppress(DomainError):
            kind = stand[choice.id]
            await withdraw_consent(db, visitor, choice, kind, wording(kind, language), now)
    async with db.reading() as connection:
        waiting = await open_offers_of(connection, visitor)
    for view in waiting:
        with suppress(DomainError):
            await decline_offer(db, visitor, view.offer.id, "", wording(ChoiceKind.DECLINED, language), now)
