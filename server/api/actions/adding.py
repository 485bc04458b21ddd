"""Adding people and pairs by the API: the same call twice does it once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.api.rules.adding import (
    AddressKnownOtherwise,
    ExternalIdTaken,
    HasExternalId,
    PairKnownOtherwise,
    PersonErased,
    PersonUnknown,
)
from server.api.rules.resources import MentorshipResource, PairToAdd, PersonResource
from server.api.rules.tokens import ApiToken
from server.api.store.external_ids import external_id_of, find_any_pair, find_any_person, set_external_id
from server.api.store.mentorships import read_any_mentorship
from server.api.store.people import read_any_person
from server.db.database import Database
from server.db.tables import mentorships, people
from server.errors import InvalidInput
from server.i18n.zones import is_zone
from server.people.actions.emails import enqueue_mentor_welcome
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.audit import BY_TOKEN, TOKEN, Act, AuditSubject
from server.people.rules.errors import OnePersonTwice
from server.people.rules.people import check_email, check_name, email_key
from server.people.store.audit import record
from server.people.store.contacts import any_contacts
from server.people.store.imports import lock_additions
from server.people.store.people import add_mentorship, find_mentorship_between, find_person_by_email, is_listed


async def add_or_find_person(
    db: Database, token: ApiToken, external_id: str, new: NewPerson, now: datetime
) -> tuple[PersonResource, bool]:
    """The person with this external id, and whether they were added now.

    Somebody with this address who has no external id gets this one, and keeps what is known about them. An address is
    never changed: with somebody's address, one could get into their pages.

    Raises InvalidInput, PersonErased, AddressKnownOtherwise or HasExternalId.
    """
    new = replace(new, name=check_name(new.name), email=check_email(new.email))
    if not is_zone(new.zone):
        raise InvalidInput("zone", "This is no IANA time zone, such as Europe/Paris.")
    async with db.writing() as connection:
        await lock_additions(connection)
        person_id, act = await _find_or_add_person(connection, external_id, new, now)
        subject = AuditSubject(TOKEN, token.id)
        await record(connection, BY_TOKEN, act, now, people=(person_id,), subject=subject)
        return await read_any_person(connection, person_id), act is Act.ADDED_BY_API


async def add_or_find_pair(
    db: Database, token: ApiToken, external_id: str, pair: PairToAdd, now: datetime
) -> tuple[MentorshipResource, bool]:
    """The mentorship with this external id, and whether it was made now; then the mentor gets a welcome.

    One of the same two without an external id gets this one; paused or ended, it stays so.

    Raises OnePersonTwice, PersonUnknown, PersonErased, PairKnownOtherwise, ExternalIdTaken.
    """
    if pair.mentor == pair.mentee:
        raise OnePersonTwice
    async with db.writing() as connection:
        await lock_additions(connection)
        mentor_id, mentee_id = [await _known(connection, each) for each in (pair.mentor, pair.mentee)]
        known = await find_any_pair(connection, external_id)
        if known is not None:
            if (known.mentor_id, known.mentee_id) != (mentor_id, mentee_id):
                raise PairKnownOtherwise
            return await read_any_mentorship(connection, known.id), False
        found = await find_mentorship_between(connection, mentor_id, mentee_id)
        is_new = found is None
        mentorship_id = await add_mentorship(connection, mentor_id, mentee_id, now) if found is None else found
        if not is_new and await external_id_of(connection, mentorships, mentorship_id) is not None:
            raise ExternalIdTaken
        await set_external_id(connection, mentorships, mentorship_id, external_id)
        if is_new:
            await enqueue_mentor_welcome(connection, mentor_id, now)
            subject = AuditSubject(TOKEN, token.id)
            both = (mentor_id, mentee_id)
            await record(connection, BY_TOKEN, Act.ADDED_BY_API, now, people=both, subject=subject)
        return await read_any_mentorship(connection, mentorship_id), is_new


async def _find_or_add_person(
    connection: AsyncConnection, external_id: str, new: NewPerson, now: datetime
) -> tuple[int, Act]:
    known = await find_any_person(connection, external_id)
    if known is not None:
        if known.is_erased:
            raise PersonErased
        contacts = await any_contacts(connection, {known.id, known.former_id})
        if email_key(new.email) not in {email_key(each.email) for each in contacts.values()}:
            raise AddressKnownOtherwise
        return known.id, Act.READ_BY_API
    before = await find_person_by_email(connection, new.email)
    if before is not None and await external_id_of(connection, people, before.id) is not None:
        raise HasExternalId
    # Who is in no list is added as if they were not known: nobody is told that they signed up.
    is_new = before is None or not await is_listed(connection, before.id)
    person = await find_or_add_person(connection, new, now)
    await set_external_id(connection, people, person.id, external_id)
    return person.id, Act.ADDED_BY_API if is_new else Act.READ_BY_API


async def _known(connection: AsyncConnection, external_id: str) -> int:
    """Raises PersonUnknown or PersonErased."""
    person = await find_any_person(connection, external_id)
    if person is None:
        raise PersonUnknown(external_id)
    if person.is_erased:
        raise PersonErased
    return person.id
