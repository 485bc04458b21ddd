"""What each of the two has answered. A yes is an entry of the ledger; a no is noted beside it, until it is all over."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import Choice, SubjectKind, introduction_subject
from server.catchups.store.ledger import CHOSEN_BY, choice_of, entries_about
from server.db.tables import choices, introduction_answers
from server.introductions.rules.introductions import sharing

OF = introduction_answers.c.introduction_id == bindparam("introduction")
OF_PERSON = OF, introduction_answers.c.person_id == bindparam("person")
REFUSED = introduction_answers.c.refused
ANSWER = select(REFUSED).where(*OF_PERSON)
AMONG = select(introduction_answers.c.introduction_id).where(
    introduction_answers.c.introduction_id.in_(bindparam("ids", expanding=True)),
    introduction_answers.c.person_id == bindparam("person"),
    REFUSED,
)
OWN = (
    select(choices)
    .where(
        bindparam("person") == CHOSEN_BY,
        choices.c.subject_kind == SubjectKind.INTRODUCTION.value,
        choices.c.subject_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(choices.c.id)
)
ADD, CHANGE, DELETE = (
    insert(introduction_answers),
    update(introduction_answers).where(*OF_PERSON),
    delete(introduction_answers).where(OF),
)


async def consents_in(connection: AsyncConnection, introduction_id: int) -> frozenset[int]:
    """The ids of those whose consent stands in the ledger."""
    return sharing(await entries_about(connection, introduction_subject(introduction_id)))


async def has_refused(connection: AsyncConnection, introduction_id: int, person_id: int) -> bool:
    found = await connection.execute(ANSWER, {"introduction": introduction_id, "person": person_id})
    return bool(found.scalar_one_or_none())


async def refused_among(connection: AsyncConnection, ids: Collection[int], person_id: int) -> frozenset[int]:
    """Which of these introductions this person has refused."""
    return frozenset((await connection.execute(AMONG, {"ids": list(ids), "person": person_id})).scalars())


async def agreed_among(connection: AsyncConnection, ids: Collection[int], person_id: int) -> frozenset[int]:
    """In which of these introductions this person's consent stands."""
    entries: dict[int, list[Choice]] = defaultdict(list)
    for row in await connection.execute(OWN, {"ids": list(ids), "person": person_id}):
        # An entry from before a merge names whom they were then.
        entries[row.subject_id].append(replace(choice_of(row), person_id=person_id))
    return frozenset(found for found, theirs in entries.items() if sharing(theirs))


async def add_unanswered(connection: AsyncConnection, introduction_id: int, person_id: int) -> None:
    """For somebody who is asked now."""
    await connection.execute(ADD, {"introduction_id": introduction_id, "person_id": person_id, "refused": False})


async def set_refused(connection: AsyncConnection, introduction_id: int, person_id: int, *, refused: bool) -> None:
    """The introduction must be locked."""
    wanted = {"introduction": introduction_id, "person": person_id, "refused": refused}
    await connection.execute(CHANGE, wanted)


async def delete_answers(connection: AsyncConnection, introduction_id: int) -> None:
    await connection.execute(DELETE, {"introduction": introduction_id})
