"""Everything that is kept about one person, for the archive that they get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from server.catchups.queries.calendar_files import read_feed
from server.db.database import Database
from server.db.tables import wordings
from server.errors import NotFound
from server.people.queries.looks import LookRow, all_looks_at
from server.people.rules.people import Person
from server.people.store.merged import former_ids
from server.people.store.people import find_unmerged_person, mentorships_of
from server.privacy.rules.places import PLACES, Place
from server.privacy.store.erased import find_erased
from server.privacy.store.places import read_rows

WORDINGS = select(wordings.c.hash, wordings.c.text).where(wordings.c.hash.in_(bindparam("hashes", expanding=True)))


@dataclass(frozen=True, slots=True)
class Section:
    """A place with its rows about the person, by the table's key."""

    place: Place
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class PersonArchive:
    """`names` are those of the person and of the others in their mentorships, by id; `wordings` the texts that their
    choices refer to, by hash; `looks` what the audit log says about them; `calendar` the file of their catch-ups."""

    person: Person
    names: Mapping[int, str]
    sections: Sequence[Section]
    wordings: Mapping[str, str]
    looks: Sequence[LookRow]
    calendar: bytes


async def read_archive(db: Database, person_id: int, base_url: str, sender: str, now: datetime) -> PersonArchive:
    """`base_url` and `sender` are those of the entries in the calendar file. Raises NotFound, also when they were
    erased."""
    async with db.reading() as connection:
        person = await find_unmerged_person(connection, person_id)
        if person is None or await find_erased(connection, person_id):
            raise NotFound
        others = {row.other.id: row.other.name for row in await mentorships_of(connection, person)}
        former = dict.fromkeys(await former_ids(connection, person_id), person.name)
        rows = await read_rows(connection, person_id)
        texts = await connection.execute(WORDINGS, {"hashes": sorted({row["wording_hash"] for row in rows["choices"]})})
        found = {row.hash: row.text for row in texts}
        looks = await all_looks_at(connection, person_id)
    return PersonArchive(
        person=person,
        names={person.id: person.name, **former, **others},
        sections=[Section(place, rows[place.table]) for place in PLACES if rows[place.table]],
        wordings=found,
        looks=looks,
        calendar=await read_feed(db, person_id, base_url, sender, now),
    )
