"""People who are probably one person, and what merging two of them would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import AlreadyMerged, Sign, Traits, signs_of
from server.admin.store.doubles import Double, find_double, list_doubles, traits_of
from server.admin.store.merging import check_mergeable
from server.db.database import Database
from server.db.tables import people
from server.errors import DomainError, NotFound
from server.people.rules.people import Person
from server.people.store.accounts import find_account_of
from server.people.store.people import MentorshipRow, find_person, mentorships_of, person_of

PAGE_DOUBLES = 25
ONE = select(people).where(people.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class DoubleRow:
    """`names` are those of the two; `signs` what both have, none when an admin has named them."""

    id: int
    names: tuple[str, str]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class DoublesPage:
    """The oldest finds first. `next` is the id that the next page's come after, None on the last page."""

    rows: tuple[DoubleRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class OneOfTwo:
    """`pairs` are their mentorships; `opened`: they have used a link. Who has an account keeps the address."""

    person: Person
    email: str
    added_at: datetime
    opened: bool
    pairs: tuple[MentorshipRow, ...]
    has_account: bool


@dataclass(frozen=True, slots=True)
class MergePreview:
    """`joined` are the names of those with whom two mentorships become one. `refusal` is why it cannot be done."""

    id: int
    both: tuple[OneOfTwo, OneOfTwo]
    signs: tuple[Sign, ...]
    joined: tuple[str, ...]
    refusal: DomainError | None


async def read_doubles_page(db: Database, after: int = 0) -> DoublesPage:
    async with db.reading() as connection:
        found = await list_doubles(connection, after, PAGE_DOUBLES + 1)
        listed = found[:PAGE_DOUBLES]
        traits = await traits_of(connection, {id for each in listed for id in (each.first_id, each.second_id)})
    rows = tuple(
        DoubleRow(each.id, (traits[each.first_id].name, traits[each.second_id].name), _signs(traits, each))
        for each in listed
        if each.first_id in traits and each.second_id in traits
    )
    return DoublesPage(rows, listed[-1].id if len(found) > PAGE_DOUBLES else None)


async def read_merge_preview(db: Database, double_id: int) -> MergePreview:
    """Raises NotFound, or AlreadyMerged."""
    async with db.reading() as connection:
        double = await find_double(connection, double_id)
        if double is None:
            raise NotFound
        ids = double.first_id, double.second_id
        traits = await traits_of(connection, ids)
        if len(traits) < 2:
            raise AlreadyMerged
        first, second = [await _one(connection, each, traits[each].email) for each in ids]
        joined: tuple[str, ...] = ()
        refusal = None
        try:
            pairs = await check_mergeable(connection, *(reversed(ids) if second.has_account else ids))
        except DomainError as problem:
            refusal = problem
        else:
            others = [await find_person(connection, pair.other_id) for pair in pairs]
            joined = tuple(other.name for other in others if other)
    return MergePreview(double_id, (first, second), _signs(traits, double), joined, refusal)


def _signs(traits: Mapping[int, Traits], double: Double) -> tuple[Sign, ...]:
    return signs_of(traits[double.first_id], traits[double.second_id])


async def _one(connection: AsyncConnection, person_id: int, email: str) -> OneOfTwo:
    row = (await connection.execute(ONE, {"id": person_id})).one()
    person = person_of(row)
    pairs = await mentorships_of(connection, person)
    has_account = await find_account_of(connection, person_id) is not None
    return OneOfTwo(person, email, row.added_at, row.opened_at is not None, pairs, has_account)
