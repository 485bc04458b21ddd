"""Contact data is read by the functions that are named for it, and by nothing else."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy.exc import NoResultFound

import server
from server.people.rules.people import Contact, Person
from server.people.store.contacts import any_contact, own_contact, set_phone

SOURCE = Path(server.__file__).parent


async def test_it_is_read_by_its_owner_or_by_what_says_so(database, pair):
    async with database.writing() as connection:
        await set_phone(connection, pair.mentee.person.id, "+44 20 7946 0123")
        assert await own_contact(connection, pair.mentee) == Contact("sam@example.org", "+44 20 7946 0123")
        assert await any_contact(connection, pair.mentor.person.id) == Contact("maya@example.org", "")
        with pytest.raises(NoResultFound):
            await any_contact(connection, 999_999)


def test_a_person_on_a_page_has_none() -> None:
    assert {"email", "phone"}.isdisjoint(field.name for field in fields(Person))


def test_no_other_module_reads_it_from_a_row() -> None:
    """people.py finds people by an address, and saves a number among what they say about themselves."""
    reads = re.compile(r"row\.(email|phone)\b|select\([^)]*people\.c\.(email|phone)\b")
    found = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if reads.search(path.read_text())}
    assert found == {"people/store/contacts.py", "guests/store/seats.py"}
