"""The page of a person's own data: how they can be reached, and whether they have a calendar feed."""

from dataclasses import dataclass
from datetime import datetime

from server.db.database import Database
from server.people.rules.people import Contact
from server.people.rules.visitors import Visitor
from server.people.store.contacts import own_contact
from server.people.store.links import has_feed


@dataclass(frozen=True, slots=True)
class OwnData:
    contact: Contact
    subscribed: bool


async def read_own_data(db: Database, visitor: Visitor, now: datetime) -> OwnData:
    async with db.reading() as connection:
        return OwnData(await own_contact(connection, visitor), await has_feed(connection, visitor.person.id, now))
