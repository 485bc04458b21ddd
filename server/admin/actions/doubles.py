"""Finding people who are probably one, and saying that two of them are not."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import AlreadyMerged, KeyKind, Traits, match_keys, signs_of
from server.admin.store import doubles
from server.db.database import Database
from server.errors import InvalidInput, NotFound
from server.i18n.texts import N_
from server.people.rules.people import check_email
from server.people.store.people import find_person_by_email

# Batches in one round, so that other jobs have their turn.
BATCHES = 20


async def compare_people(db: Database) -> None:
    """Compares those who are new or have changed with all others, some at a time: others can write between."""
    # Mostly there is nobody, which is found without a writing transaction.
    async with db.reading() as connection:
        if not await doubles.is_anybody_to_compare(connection):
            return
    for _ in range(BATCHES):
        async with db.writing() as connection:
            if await _compare_next(connection) < doubles.AT_ONCE:
                return


async def dismiss(db: Database, double_id: int, now: datetime) -> None:
    """Two different people: they are not shown again. Raises NotFound."""
    async with db.writing() as connection:
        if await doubles.find_double(connection, double_id) is None:
            raise NotFound
        await doubles.dismiss(connection, double_id, now)


async def name_double(db: Database, person_id: int, email: str) -> int:
    """The id of the double of this person and the one with the address. Raises InvalidInput about `other`, or
    AlreadyMerged."""
    try:
        email = check_email(email)
    except InvalidInput as problem:
        raise InvalidInput("other", problem.sentence) from problem
    async with db.writing() as connection:
        other = await find_person_by_email(connection, email)
        if other is None:
            raise InvalidInput("other", N_("Nobody has this email address."))
        if other.id == person_id:
            raise InvalidInput("other", N_("This is the same person already."))
        if len(await doubles.traits_of(connection, (person_id, other.id))) < 2:
            raise AlreadyMerged
        return await doubles.find_or_add_double(connection, person_id, other.id)


async def _compare_next(connection: AsyncConnection) -> int:
    """How many were compared."""
    changed = await doubles.people_to_compare(connection)
    if not changed:
        return 0
    keys = {person_id: match_keys(traits) if traits else {} for person_id, traits in changed.items()}
    await doubles.note_compared(connection, keys)
    pairs = await _probable(connection, keys)
    there = await doubles.doubles_of(connection, changed)
    gone = [each.id for each in there if not each.dismissed and (each.first_id, each.second_id) not in pairs]
    await doubles.forget_doubles(connection, gone)
    await doubles.add_doubles(connection, pairs - {(each.first_id, each.second_id) for each in there})
    return len(changed)


async def _probable(connection: AsyncConnection, keys: Mapping[int, Mapping[KeyKind, str]]) -> set[tuple[int, int]]:
    """The pairs of one of these people with anybody who has one of the same keys, and something in common."""
    owners: dict[tuple[KeyKind, str], list[int]] = defaultdict(list)
    for person_id, theirs in keys.items():
        for kind_and_key in theirs.items():
            owners[kind_and_key].append(person_id)
    candidates: set[tuple[int, int]] = set()
    for (kind, key), some in owners.items():
        for other in await doubles.people_with_key(connection, kind, key):
            candidates |= {_in_order(person_id, other) for person_id in some if person_id != other}
    traits: dict[int, Traits] = {}
    ids = sorted({person_id for pair in candidates for person_id in pair})
    for begin in range(0, len(ids), doubles.AT_ONCE):
        traits |= await doubles.traits_of(connection, ids[begin : begin + doubles.AT_ONCE])
    return {
        (one, two) for one, two in candidates if one in traits and two in traits and signs_of(traits[one], traits[two])
    }


def _in_order(one: int, two: int) -> tuple[int, int]:
    return min(one, two), max(one, two)
