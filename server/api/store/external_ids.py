"""What people and mentorships are called in the scheme's own systems."""

from dataclasses import dataclass

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import former_external_ids, mentorships, people
from server.people.rules.external_ids import erased_external_id
from server.people.store.merged import now_of

whole = people.alias("whole")
# Of somebody who was merged into another, that other.
PERSON = (
    select(whole.c.id, people.c.id.label("former_id"), whole.c.erased_at)
    .join_from(people, whole, whole.c.id == now_of(people))
    .where(people.c.external_id.in_([bindparam("external_id"), bindparam("erased")]))
)
# The number of the mentorship; of one that was joined with another, that of the other.
NUMBER_OF_PAIR = (
    select(mentorships.c.id)
    .where(mentorships.c.external_id == bindparam("external_id"))
    .union_all(
        select(former_external_ids.c.mentorship_id).where(former_external_ids.c.external_id == bindparam("external_id"))
    )
    .scalar_subquery()
)
PAIR = select(mentorships.c.id, mentorships.c.mentor_id, mentorships.c.mentee_id).where(
    mentorships.c.id == NUMBER_OF_PAIR
)
EXTERNAL_IDS = {
    table: select(table.c.external_id).where(table.c.id == bindparam("id")) for table in (people, mentorships)
}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person who has an external id. `former_id` is the entry that has it, which may have been merged into theirs."""

    id: int
    former_id: int
    is_erased: bool


@dataclass(frozen=True, slots=True)
class KnownPair:
    """A mentorship that has an external id, its own or that of one which was joined with it."""

    id: int
    mentor_id: int
    mentee_id: int


async def find_any_person(connection: AsyncConnection, external_id: str) -> KnownPerson | None:
    """Also when they were erased: then by what is left of the id."""
    wanted = {"external_id": external_id, "erased": erased_external_id(external_id)}
    row = (await connection.execute(PERSON, wanted)).one_or_none()
    return KnownPerson(row.id, row.former_id, row.erased_at is not None) if row else None


async def find_any_pair(connection: AsyncConnection, external_id: str) -> KnownPair | None:
    row = (await connection.execute(PAIR, {"external_id": external_id})).one_or_none()
    return KnownPair(*row) if row else None


async def external_id_of(connection: AsyncConnection, table: Table, row_id: int) -> str | None:
    """That of a row of `people` or `mentorships`, which must exist."""
    found: str | None = (await connection.execute(EXTERNAL_IDS[table], {"id": row_id})).scalar_one()
    return found


async def set_external_id(connection: AsyncConnection, table: Table, row_id: int, external_id: str) -> None:
    await connection.execute(update(table).where(table.c.id == row_id).values(external_id=external_id))
