"""Adding people and mentorships, and changing what people say about themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from server.people.rules.people import Details, Person, check_details
from server.people.rules.visitors import Visitor
from server.people.store import people

ADMIN_EMAIL = "admin@fireside.invalid"


@dataclass(frozen=True, slots=True)
class NewPerson:
    name: str
    email: str
    zone: str


async def find_or_add_person(connection: AsyncConnection, new: NewPerson, now: datetime) -> Person:
    """The person with this email address, added when there is none."""
    found = await people.find_person_by_email(connection, new.email)
    return found or await people.add_person(connection, now, new.name, new.email, new.zone)


async def find_or_add_mentorship(connection: AsyncConnection, mentor: Person, mentee: Person, now: datetime) -> int:
    found = await people.find_mentorship_between(connection, mentor.id, mentee.id)
    return found if found is not None else await people.add_mentorship(connection, mentor.id, mentee.id, now)


async def add_pair(db: Database, mentor: NewPerson, mentee: NewPerson, now: datetime) -> str:
    """Makes a mentorship of the two, and a link to the mentor's home: returns the link's secret."""
    async with db.writing() as connection:
        mentor_person = await find_or_add_person(connection, mentor, now)
        mentee_person = await find_or_add_person(connection, mentee, now)
        await find_or_add_mentorship(connection, mentor_person, mentee_person, now)
        return await make_link(connection, now, person_id=mentor_person.id, purpose=Purpose.HOME, path="/home")


async def make_admin_link(connection: AsyncConnection, zone: str, now: datetime) -> str:
    """A link to the history for the admin: returns its secret."""
    admin = await find_or_add_person(connection, NewPerson("Admin", ADMIN_EMAIL, zone), now)
    return await make_link(connection, now, person_id=admin.id, purpose=Purpose.ADMIN, path="/history")


async def change_details(db: Database, visitor: Visitor, details: Details) -> None:
    """Saves what the visitor says about themselves. Raises InvalidInput."""
    details = check_details(details)
    async with db.writing() as connection:
        await people.set_details(connection, visitor.person.id, details)


async def change_zone(db: Database, visitor: Visitor, zone: str, *, first: bool) -> None:
    """Saves the visitor's time zone; with `first` only if it is not known yet."""
    async with db.writing() as connection:
        await people.set_zone(connection, visitor.person.id, zone, only_unknown=first)
