"""What erasing a person would touch, before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.db.database import Database
from server.people.rules.errors import UnknownAddress
from server.people.rules.people import Person
from server.people.store.people import find_person_by_email
from server.privacy.store.places import count_rows


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """`rows` says how many are about the person, by table."""

    person: Person
    rows: Mapping[str, int]


async def find_erasure(db: Database, email: str) -> ErasurePreview:
    """Raises UnknownAddress."""
    async with db.reading() as connection:
        person = await find_person_by_email(connection, email)
        if person is None:
            raise UnknownAddress(email=email)
        return ErasurePreview(person, await count_rows(connection, person.id))
