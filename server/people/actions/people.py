"""Adding people and mentorships, and changing what people say about themselves."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import InvalidInput
from server.i18n.catalog import ENGLISH
from server.people.actions.links import make_link
from server.people.actions.mentorships import change_state_for_scheme
from server.people.rules.audit import COMMAND_LINE, Act, Actor
from server.people.rules.errors import AddressTaken, OnePersonTwice, UnknownAddress
from server.people.rules.links import Purpose
from server.people.rules.mentorships import MentorshipEvent, MentorshipState
from server.people.rules.people import Details, Person, check_details, check_email, check_name, email_key
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.audit import record
from server.people.store.imports import lock_additions


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to add. `zone_known`: somebody knows that this is their zone; otherwise their browser may set it."""

    name: str
    email: str
    zone: str
    language: str = ENGLISH.code
    zone_known: bool = False


@dataclass(frozen=True, slots=True)
class AddedPair:
    """The two, as they are known now: people who were known before keep what is known about them. `secret` is that of
    a link to the mentor's home.
    """

    mentor: Person
    mentee: Person
    secret: str


async def find_or_add_person(connection: AsyncConnection, new: NewPerson, now: datetime) -> Person:
    """The person with this email address, added when there is none."""
    found = await people.find_person_by_email(connection, new.email)
    if found and not await people.is_listed(connection, found.id):
        # Who typed this address on a scheme's page had not shown that it is theirs: their word counts for less.
        await people.set_name(connection, found.id, new.name)
        return replace(found, name=new.name)
    return found or await people.add_person(
        connection, now, new.name, new.email, new.zone, new.language, zone_known=new.zone_known
    )


async def find_or_add_mentorship(connection: AsyncConnection, mentor: Person, mentee: Person, now: datetime) -> int:
    found = await people.find_mentorship_between(connection, mentor.id, mentee.id)
    return found if found is not None else await people.add_mentorship(connection, mentor.id, mentee.id, now)


async def add_pair(db: Database, mentor: NewPerson, mentee: NewPerson, now: datetime) -> AddedPair:
    """Makes a mentorship of the two from the command line, and a link to the mentor's home.

    Raises InvalidInput for a name or an email address (the fields are called mentor_name and so on), OnePersonTwice.
    """
    async with db.writing() as connection:
        mentor_person, mentee_person = await pair_up(connection, mentor, mentee, COMMAND_LINE, now)
        secret = await make_link(connection, now, person_id=mentor_person.id, purpose=Purpose.HOME, path="/home")
    return AddedPair(mentor_person, mentee_person, secret)


async def pair_up(
    connection: AsyncConnection, mentor: NewPerson, mentee: NewPerson, actor: Actor, now: datetime
) -> tuple[Person, Person]:
    """Makes a mentorship of the two, unless there is one, and returns them. One that was paused or ended goes on.

    Raises what `add_pair` does.
    """
    mentor, mentee = _checked(mentor, "mentor"), _checked(mentee, "mentee")
    if email_key(mentor.email) == email_key(mentee.email):
        raise OnePersonTwice
    await lock_additions(connection)
    mentor_person = await find_or_add_person(connection, mentor, now)
    mentee_person = await find_or_add_person(connection, mentee, now)
    mentorship_id = await find_or_add_mentorship(connection, mentor_person, mentee_person, now)
    mentorship = await people.lock_any_mentorship(connection, mentorship_id)
    if mentorship and mentorship.state is not MentorshipState.ACTIVE:
        await change_state_for_scheme(connection, mentorship, MentorshipEvent.RESUME, actor, now)
    await record(connection, actor, Act.ADDED_PERSON, now, people=(mentor_person.id, mentee_person.id))
    return mentor_person, mentee_person


def _checked(new: NewPerson, role: str) -> NewPerson:
    """Raises InvalidInput for the name or the email address of the one in this role."""
    try:
        return replace(new, name=check_name(new.name), email=check_email(new.email))
    except InvalidInput as problem:
        raise InvalidInput(f"{role}_{problem.field}", problem.sentence, **problem.values) from problem


async def correct_person(
    db: Database, email: str, now: datetime, name: str | None = None, new_email: str | None = None
) -> Person:
    """Gives the person with this email address another name or address, from the command line.

    Returns them as they are then. Raises InvalidInput, UnknownAddress, and AddressTaken when somebody else has the new
    one.
    """
    name = name if name is None else check_name(name)
    new_email = new_email if new_email is None else check_email(new_email)
    async with db.writing() as connection:
        person = await people.find_person_by_email(connection, email)
        if person is None:
            raise UnknownAddress
        if name is not None:
            await people.set_name(connection, person.id, name)
        if new_email is not None:
            other = await people.find_person_by_email(connection, new_email)
            if other is not None and other.id != person.id:
                raise AddressTaken
            await people.set_email(connection, person.id, new_email)
        act = Act.LOOKED_AT_PERSON if name is None and new_email is None else Act.CHANGED_PERSON
        await record(connection, COMMAND_LINE, act, now, people=(person.id,))
    return replace(person, name=name or person.name)


async def change_details(db: Database, visitor: Visitor, details: Details) -> None:
    """Saves what the visitor says about themselves. Raises InvalidInput."""
    details = check_details(details)
    async with db.writing() as connection:
        await people.set_details(connection, visitor.person.id, details)


async def change_language(db: Database, visitor: Visitor, language: str | None) -> None:
    """Saves the visitor's language; with None they keep the one they have. They are not asked again."""
    async with db.writing() as connection:
        await people.set_language(connection, visitor.person.id, language)


async def change_zone(db: Database, visitor: Visitor, zone: str, *, first: bool) -> None:
    """Saves the visitor's time zone; with `first` only if it is not known yet."""
    async with db.writing() as connection:
        await people.set_zone(connection, visitor.person.id, zone, only_unknown=first)
