"""What rests about one person, and what erasing them would do, for those who run the scheme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.offers import OfferState
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.errors import UnknownAddress
from server.people.rules.people import Person
from server.people.store.accounts import find_account_of
from server.people.store.contacts import any_contact
from server.people.store.people import find_person_by_email, find_unmerged_person, mentorships_of
from server.privacy.store.erased import Erased, find_erased
from server.privacy.store.places import read_rows


@dataclass(frozen=True, slots=True)
class PersonData:
    """`rows` says how many rows are about the person, by table. `booked` and `waiting` are the catch-ups and offers to
    come, which erasing calls off; `partners` are those of their mentorships. `erased`: when it was done, if so."""

    person: Person
    email: str
    rows: Mapping[str, int]
    booked: int
    waiting: int
    partners: tuple[str, ...]
    has_account: bool
    erased: Erased | None


async def find_person_id(db: Database, email: str) -> int:
    """Raises UnknownAddress."""
    async with db.reading() as connection:
        person = await find_person_by_email(connection, email)
    if person is None:
        raise UnknownAddress
    return person.id


async def read_person_data(db: Database, person_id: int, now: datetime) -> PersonData:
    """Raises NotFound."""
    async with db.reading() as connection:
        person = await find_unmerged_person(connection, person_id)
        if person is None:
            raise NotFound
        rows = await read_rows(connection, person_id)
        mentorships = await mentorships_of(connection, person)
        return PersonData(
            person=person,
            email=(await any_contact(connection, person_id)).email,
            rows={table: len(each) for table, each in rows.items() if each},
            booked=sum(
                row["state"] == BookingState.CONFIRMED and row["start"] + timedelta(minutes=row["minutes"]) > now
                for row in rows["bookings"]
            ),
            waiting=sum(row["state"] == OfferState.OPEN and row["expires_at"] > now for row in rows["offers"]),
            partners=tuple(row.other.name for row in mentorships if not row.other_erased),
            has_account=await find_account_of(connection, person_id) is not None,
            erased=await find_erased(connection, person_id),
        )
