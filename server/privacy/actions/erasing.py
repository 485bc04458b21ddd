"""Erasing a person: what they agreed to is withdrawn, their words and addresses go, numbers and the ledger stay."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.answers import decline_offer
from server.catchups.actions.consents import withdraw_consent
from server.catchups.actions.offers import expire_offers
from server.catchups.rules.consents import OwnChoice, withdrawals
from server.catchups.rules.ledger import ChoiceKind, statement_of, wording
from server.catchups.store.offers import OfferView, open_offers_of
from server.catchups.store.own_choices import choices_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import DomainError, NotFound
from server.i18n.catalog import language_of
from server.i18n.texts import N_
from server.introductions.actions.ending import leave_introductions
from server.mail.kept_emails import delete_emails
from server.people.rules.audit import Act, Actor, AuditSubject
from server.people.rules.external_ids import erased_external_id
from server.people.rules.links import Purpose
from server.people.rules.people import Contact, Person
from server.people.rules.visitors import Visitor
from server.people.store.accounts import find_account_of
from server.people.store.audit import record
from server.people.store.contacts import any_contact, any_former_names
from server.people.store.links import add_link, revoke_links_of
from server.people.store.merged import former_ids
from server.people.store.people import find_unmerged_person, lock_people, mentorships_of
from server.privacy.rules.erasure import ErasureReason, check_typed
from server.privacy.rules.mentions import mentions, names_of, with_parts
from server.privacy.rules.rewriting import SOON, STILL, may_rewrite
from server.privacy.store.erased import (
    external_id_of,
    find_erased,
    has_call_between,
    note_cleared,
    note_erased,
    people_to_clear,
)
from server.privacy.store.others_words import erase_words
from server.privacy.store.places import BLANKING, DELETING, erase_rows, values_of_nobody
from server.schemes.actions.memberships import leave_all

FORMER_MENTOR, FORMER_MENTEE = N_("a former mentor"), N_("a former mentee")
FORMER_MEMBER = N_("a former member of the scheme")
MEETING = frozenset({ChoiceKind.WITHDREW, ChoiceKind.TOOK_BACK})
# Others may agree on something with the person while it is being withdrawn.
TRIES = 5


class HasAccount(DomainError):
    sentence = N_("This person has an account that runs the scheme. Remove the account first.")


class StillMeeting(DomainError):
    sentence = N_("Something new was agreed with this person just now. Nothing was erased; please try again.")


async def erase_person(
    db: Database, person_id: int, typed: str, reason: ErasureReason, actor: Actor, folder: Path, now: datetime
) -> None:
    """Withdraws what the person agreed to, which tells the others; then erases them everywhere.

    `typed` is their email address, typed by the one who means it; `folder` is where emails are kept when there is no
    mail server. Bytes of what went rest in the database's files until `clear_erased`.

    Raises NotFound, HasAccount, StillMeeting, or InvalidInput about `typed`. Only the first two and the last change
    nothing.
    """
    person, contact, former = await _find(db, person_id)
    check_typed(typed, contact.email)
    names = names_of(person.name, person.preferred_name, contact.email) | former
    about_them = partial(mentions, names=names)
    visitor = await _as_visitor(db, person, now)
    await asyncio.to_thread(delete_emails, folder, about_them)
    for _ in range(TRIES):
        await _withdraw_everything(db, visitor, now)
        if await _erased_if_nothing_stands(db, visitor, with_parts(names), reason, actor, now):
            break
    else:
        raise StillMeeting
    # Those that were written while the rows were still there.
    await asyncio.to_thread(delete_emails, folder, about_them)


async def clear_erased(db: Database, now: datetime, *, at_once: bool = True) -> bool:
    """Rewrites the database's files if they may hold bytes of those who were erased; whether it did. If not `at_once`,
    large files are rewritten when no call is near: see may_rewrite.

    On PostgreSQL the write-ahead log keeps some until it is recycled. Raises Unavailable.
    """
    async with db.reading() as connection:
        ids = await people_to_clear(connection)
    if not ids or not (at_once or await _may_rewrite(db, min(ids.values()), now)):
        return False
    await db.compact({*DELETING, *BLANKING})
    async with db.writing() as connection:
        await note_cleared(connection, tuple(ids), now)
    return True


async def _may_rewrite(db: Database, erased_at: datetime, now: datetime) -> bool:
    async with db.reading() as connection:
        near = await has_call_between(connection, now - STILL, now + SOON)
    return may_rewrite(await db.size(), erased_at, near, now)


async def _find(db: Database, person_id: int) -> tuple[Person, Contact, frozenset[str]]:
    """With the names and addresses that they had before a merge."""
    async with db.reading() as connection:
        person = await find_unmerged_person(connection, person_id)
        if person is None or await find_erased(connection, person_id):
            raise NotFound
        if await find_account_of(connection, person_id):
            raise HasAccount
        return person, await any_contact(connection, person_id), await any_former_names(connection, person_id)


async def _as_visitor(db: Database, person: Person, now: datetime) -> Visitor:
    """The person as a visitor of all their pages, by a link that nobody has."""
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
    return Visitor(
        visit_id=0,
        person=person,
        link_id=link_id,
        home=True,
        account=None,
        catchups=frozenset(),
        csrf="",
        seen_at=now,
    )


async def _withdraw_everything(db: Database, visitor: Visitor, now: datetime) -> None:
    """Withdraws from what is to come, and answers the offers that wait for the person."""
    language = language_of(visitor.person.language)
    await leave_all(db, visitor, now)
    # One that has run out, and was not ended yet, can be neither answered nor withdrawn.
    await expire_offers(db, now)
    async with db.reading() as connection:
        agreed, waiting = await _standing(connection, visitor, now)
    for choice, kind in agreed:
        # It may have ended since it was read.
        with suppress(DomainError):
            await withdraw_consent(db, visitor, choice, kind, wording(kind, language), now)
    for view in waiting:
        with suppress(DomainError):
            await decline_offer(db, visitor, view.offer.id, "", wording(ChoiceKind.DECLINED, language), now)


async def _standing(
    connection: AsyncConnection, visitor: Visitor, now: datetime
) -> tuple[list[tuple[OwnChoice, ChoiceKind]], list[OfferView]]:
    """What the person agreed to or offered and still stands, with how it is withdrawn; and the offers that wait for
    their answer."""
    own = await choices_of(connection, visitor)
    kinds = withdrawals(own, now)
    agreed = [(choice, kinds[choice.id]) for choice in own if kinds.get(choice.id) in MEETING]
    waiting = [view for view in await open_offers_of(connection, visitor) if view.offer.author_id != visitor.person.id]
    return agreed, waiting


async def _erased_if_nothing_stands(
    db: Database, visitor: Visitor, names: frozenset[str], reason: ErasureReason, actor: Actor, now: datetime
) -> bool:
    person = visitor.person
    async with db.writing() as connection:
        await lock_people(connection, (person.id,))
        if any(await _standing(connection, visitor, now)):
            return False
        name = await _former_name(connection, person)
        said = wording(ChoiceKind.ENDED_CONTACT, language_of(person.language))
        await leave_introductions(connection, statement_of(visitor, said), now)
        await revoke_links_of(connection, person.id, now)
        await erase_words(connection, person.id, partial(mentions, names=names))
        for each in (person.id, *await former_ids(connection, person.id)):
            values = {"people.name": name, **values_of_nobody(each)}
            external_id = await external_id_of(connection, each)
            if external_id is not None:
                values["people.external_id"] = erased_external_id(external_id)
            await erase_rows(connection, each, values)
            await note_erased(connection, each, now)
        subject = AuditSubject("person", person.id)
        await record(connection, actor, Act.ERASED_PERSON, now, people=(person.id,), subject=subject, reason=reason)
        note_change(connection, Topic("person", person.id))
        return True


async def _former_name(connection: AsyncConnection, person: Person) -> str:
    """What the others read in place of the name: in the language of the one who reads it most, the newest partner."""
    mentorships = await mentorships_of(connection, person)
    if not mentorships:
        return FORMER_MEMBER
    newest = max(mentorships, key=lambda row: row.id)
    former = FORMER_MENTOR if newest.role == "mentor" else FORMER_MENTEE
    return language_of(newest.other.language).gettext(former)
