"""Rounds of the question whether things still fit, and what each of the two said in one that is open."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import mentorships, review_answers, reviews
from server.mentorships.rules.reviews import Answer, Answers, Matter, Review, ReviewFacts
from server.people.rules.people import Mentorship

AT_ONCE = 100
ACTIVE = mentorships.c.state == "active"
# In two statements: an OR would not use the index.
NEW = select(mentorships.c.id).where(ACTIVE, mentorships.c.review_at.is_(None)).limit(AT_ONCE)
TO_ASK = (
    select(mentorships.c.id)
    .where(ACTIVE, mentorships.c.review_at <= bindparam("now"))
    .order_by(mentorships.c.review_at)
    .limit(AT_ONCE)
)
PLAN = update(mentorships).where(mentorships.c.id == bindparam("of_id"))
FACTS = select(mentorships.c.began_at, mentorships.c.review_at).where(mentorships.c.id == bindparam("mentorship"))
OVER = (
    select(reviews.c.mentorship_id).where(reviews.c.until <= bindparam("now")).order_by(reviews.c.until).limit(AT_ONCE)
)
OF_REVIEW, OF_ANSWERS = (table.c.mentorship_id == bindparam("mentorship") for table in (reviews, review_answers))
REVIEW, ANSWERS = select(reviews).where(OF_REVIEW), select(review_answers).where(OF_ANSWERS)
ADD, CHANGE, REMOVE = insert(reviews), update(reviews).where(OF_REVIEW), delete(reviews).where(OF_REVIEW)
OF_ONE = and_(OF_ANSWERS, review_answers.c.person_id == bindparam("person"))
OWN_ANSWERS, CHANGE_ANSWERS = select(review_answers).where(OF_ONE), update(review_answers).where(OF_ONE)
ADD_ANSWERS, REMOVE_ANSWERS = insert(review_answers), delete(review_answers).where(OF_ANSWERS)


async def mentorships_to_ask(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """Those whose time has come, and those that were never looked at; some at a time."""
    new = (await connection.execute(NEW)).scalars().all()
    due = (await connection.execute(TO_ASK, {"now": now})).scalars().all()
    return (*new, *due)


async def plan_review(connection: AsyncConnection, mentorship_id: int, at: datetime) -> None:
    """Nobody is asked before. The mentorship must be locked."""
    await connection.execute(PLAN, {"of_id": mentorship_id, "review_at": at})


async def read_facts(connection: AsyncConnection, mentorship_id: int, *, last_catchups: bool) -> ReviewFacts:
    row = (await connection.execute(FACTS, {"mentorship": mentorship_id})).one()
    return ReviewFacts(row.began_at, row.review_at, last_catchups)


async def reviews_that_are_over(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of the mentorships whose round is to be closed, or no longer shown; some at a time."""
    return tuple((await connection.execute(OVER, {"now": now})).scalars())


async def read_review(connection: AsyncConnection, mentorship_id: int) -> Review | None:
    row = (await connection.execute(REVIEW, {"mentorship": mentorship_id})).one_or_none()
    if row is None:
        return None
    shared = None if row.shared is None else tuple(Matter(each) for each in row.shared.split())
    return Review(row.until, shared)


async def open_review(connection: AsyncConnection, mentorship: Mentorship, until: datetime) -> None:
    """Each of the two has a row from the beginning: that there is one says nothing. The mentorship must be locked."""
    await remove_review(connection, mentorship.id)
    await connection.execute(ADD, {"mentorship_id": mentorship.id, "until": until})
    for person_id in (mentorship.mentor_id, mentorship.mentee_id):
        await set_answers(connection, mentorship.id, person_id, Answers())


async def close_review(
    connection: AsyncConnection, mentorship_id: int, shared: tuple[Matter, ...], until: datetime
) -> None:
    """What each said is deleted. The mentorship must be locked."""
    await connection.execute(REMOVE_ANSWERS, {"mentorship": mentorship_id})
    await connection.execute(CHANGE, {"mentorship": mentorship_id, "until": until, "shared": " ".join(shared)})


async def remove_review(connection: AsyncConnection, mentorship_id: int) -> None:
    for statement in (REMOVE_ANSWERS, REMOVE):
        await connection.execute(statement, {"mentorship": mentorship_id})


async def read_answers(connection: AsyncConnection, mentorship_id: int) -> tuple[Answers, ...]:
    """Of both: for the clock alone."""
    return tuple(_answers(row) for row in await connection.execute(ANSWERS, {"mentorship": mentorship_id}))


async def read_own_answers(connection: AsyncConnection, mentorship_id: int, person_id: int) -> Answers:
    row = (await connection.execute(OWN_ANSWERS, {"mentorship": mentorship_id, "person": person_id})).one_or_none()
    return _answers(row) if row else Answers()


async def set_answers(connection: AsyncConnection, mentorship_id: int, person_id: int, answers: Answers) -> None:
    """The mentorship must be locked."""
    values: dict[str, object] = {matter.value: answers.by_matter.get(matter) for matter in Matter}
    values["not_now"] = answers.not_now
    wanted = {"mentorship": mentorship_id, "person": person_id}
    if not (await connection.execute(CHANGE_ANSWERS, wanted | values)).rowcount:
        await connection.execute(ADD_ANSWERS, {"mentorship_id": mentorship_id, "person_id": person_id, **values})


def _answers(row: Row[Any]) -> Answers:
    said = {matter: row._mapping[matter.value] for matter in Matter}
    return Answers({matter: Answer(each) for matter, each in said.items() if each}, row.not_now)
