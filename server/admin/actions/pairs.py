"""Bringing a mentor and a mentee together."""

from datetime import datetime

from server.db.database import Database
from server.people.actions.audit import acting
from server.people.actions.emails import enqueue_mentor_welcome
from server.people.actions.people import NewPerson, pair_up
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor


async def add_pair_with_welcome(
    db: Database, visitor: Visitor, mentor: NewPerson, mentee: NewPerson, now: datetime
) -> tuple[Person, Person]:
    """Makes a mentorship of the two, and queues an email with a link to the mentor. Raises what `pair_up` does."""
    async with db.writing() as connection:
        both = await pair_up(connection, mentor, mentee, acting(visitor), now)
        await enqueue_mentor_welcome(connection, both[0].id, now)
        return both
