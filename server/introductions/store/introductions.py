"""Introductions: their people, states and times. What was written is in `words`, who answered what in `answers`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import accounts, introductions, memberships, mentorships, people
from server.errors import NotFound
from server.introductions.rules.introductions import LIVE, Introduction, IntroductionState
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor, check_home
from server.people.store.people import person_of

AT_ONCE = 100
STILL_LIVE = introductions.c.state.in_(sorted(LIVE))
IS_ASKED = or_(introductions.c.mentee_id == bindparam("me"), introductions.c.third_id == bindparam("me"))
HAS_PART = or_(introductions.c.mentor_id == bindparam("me"), IS_ASKED)
BY_ID = select(introductions).where(introductions.c.id == bindparam("id"))
OF_PERSON = BY_ID.where(HAS_PART)
BY_KEY = select(introductions.c.id).where(
    introductions.c.mentor_id == bindparam("mentor"), introductions.c.key == bindparam("key")
)
RECENT = select(introductions.c.state).where(
    introductions.c.mentor_id == bindparam("mentor"), introductions.c.made_at > bindparam("since")
)
ASKED_LATELY = select(introductions.c.id).where(
    introductions.c.third_id == bindparam("third"), introductions.c.made_at > bindparam("since")
)
# In the words of the index.
TO_ASK = (
    select(introductions.c.id)
    .where(text("ask_at IS NOT NULL"), introductions.c.ask_at <= bindparam("now"))
    .order_by(introductions.c.ask_at)
    .limit(AT_ONCE)
)
DUE = (
    select(introductions.c.id)
    .where(introductions.c.due_at <= bindparam("now"))
    .order_by(introductions.c.due_at)
    .limit(AT_ONCE)
)
NEWEST_IN = (
    select(introductions)
    .where(introductions.c.mentorship_id == bindparam("mentorship"))
    .order_by(introductions.c.id.desc())
    .limit(bindparam("most"))
)
TO_BE_ANSWERED_BY = (
    select(introductions, people.c.name.label("mentor_name"))
    .join(people, people.c.id == introductions.c.mentor_id)
    .where(IS_ASKED, STILL_LIVE)
    .order_by(introductions.c.id)
)
LIVE_OF = select(introductions.c.id).where(HAS_PART, STILL_LIVE).order_by(introductions.c.id)
ADD = insert(introductions).returning(introductions.c.id)
CHANGE = update(introductions).where(introductions.c.id == bindparam("of_id"))
# In the words of the index.
ADDED = text("added")
other = introductions.alias("other")
WAS_ADDED = select(introductions.c.id).where(ADDED, introductions.c.third_id == bindparam("person")).limit(1)
# Who was added for introductions that are all over.
STRANGERS_LEFT = (
    select(introductions.c.third_id)
    .where(
        ADDED,
        ~exists().where(other.c.third_id == introductions.c.third_id, other.c.state.in_(sorted(LIVE))),
    )
    .distinct()
    .limit(AT_ONCE)
)
TIES = select(
    or_(
        exists().where(mentorships.c.mentor_id == bindparam("person")),
        exists().where(mentorships.c.mentee_id == bindparam("person")),
        exists().where(accounts.c.person_id == bindparam("person"), accounts.c.ended_at.is_(None)),
        exists().where(memberships.c.person_id == bindparam("person")),
        exists().where(people.c.id == bindparam("person"), people.c.external_id.is_not(None)),
    )
)
FORGET_ADDED = update(introductions).where(ADDED, introductions.c.third_id == bindparam("person")).values(added=False)
PERSON = select(people).where(people.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class AskedRow:
    """An introduction that one of the two may answer, with the name of its mentor."""

    introduction: Introduction
    mentor_name: str


async def add_introduction(
    connection: AsyncConnection,
    *,
    mentorship_id: int,
    mentor_id: int,
    mentee_id: int,
    key: str,
    now: datetime,
    due_at: datetime,
) -> int:
    """`key` names the form: a second introduction with the same key is refused by a unique index."""
    values = {"mentorship_id": mentorship_id, "mentor_id": mentor_id, "mentee_id": mentee_id, "third_id": None}
    times = {"made_at": now, "ask_at": now, "due_at": due_at}
    state = {"key": key, "state": IntroductionState.ASKED.value, "added": False}
    return int((await connection.execute(ADD, values | times | state)).scalar_one())


async def find_by_key(connection: AsyncConnection, mentor_id: int, key: str) -> int | None:
    return (await connection.execute(BY_KEY, {"mentor": mentor_id, "key": key})).scalar_one_or_none()


async def find_introduction_of(connection: AsyncConnection, visitor: Visitor, introduction_id: int) -> Introduction:
    """The introduction, if the visitor is one of its three. Raises NotFound, also away from home."""
    wanted = {"id": introduction_id, "me": check_home(visitor).id}
    return _one(await connection.execute(OF_PERSON, wanted))


async def lock_introduction_of(connection: AsyncConnection, visitor: Visitor, introduction_id: int) -> Introduction:
    """As `find_introduction_of`; locked until the transaction ends."""
    wanted = {"id": introduction_id, "me": check_home(visitor).id}
    return _one(await connection.execute(for_update(OF_PERSON), wanted))


async def lock_any_introduction(connection: AsyncConnection, introduction_id: int) -> Introduction | None:
    """Without a check of access; locked until the transaction ends."""
    row = (await connection.execute(for_update(BY_ID), {"id": introduction_id})).one_or_none()
    return _introduction(row) if row else None


async def find_any_introduction(connection: AsyncConnection, introduction_id: int) -> Introduction | None:
    """Without a check of access: for what its people are told by email."""
    row = (await connection.execute(BY_ID, {"id": introduction_id})).one_or_none()
    return _introduction(row) if row else None


async def states_since(connection: AsyncConnection, mentor_id: int, since: datetime) -> tuple[IntroductionState, ...]:
    """Those of what the mentor has proposed since then."""
    rows = await connection.execute(RECENT, {"mentor": mentor_id, "since": since})
    return tuple(IntroductionState(state) for state in rows.scalars())


async def times_asked(connection: AsyncConnection, third_id: int, since: datetime) -> int:
    """In how many introductions since then this person is the third."""
    return len((await connection.execute(ASKED_LATELY, {"third": third_id, "since": since})).all())


async def introductions_to_ask(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of those whose third person is still to be asked; some at a time."""
    return tuple((await connection.execute(TO_ASK, {"now": now})).scalars())


async def due_introductions(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of those whose time is over; some at a time."""
    return tuple((await connection.execute(DUE, {"now": now})).scalars())


async def newest_in(connection: AsyncConnection, mentorship_id: int, most: int) -> tuple[Introduction, ...]:
    """Those of a mentorship, the newest first, without a check of access."""
    rows = await connection.execute(NEWEST_IN, {"mentorship": mentorship_id, "most": most})
    return tuple(_introduction(row) for row in rows)


async def asked_of(connection: AsyncConnection, person_id: int) -> tuple[AskedRow, ...]:
    """Those that are not over in which this person is one of the two who are asked, the oldest first."""
    rows = await connection.execute(TO_BE_ANSWERED_BY, {"me": person_id})
    return tuple(AskedRow(_introduction(row), row.mentor_name) for row in rows)


async def live_of(connection: AsyncConnection, person_id: int) -> tuple[int, ...]:
    """The ids of those that are not over in which this person has part."""
    return tuple((await connection.execute(LIVE_OF, {"me": person_id})).scalars())


async def set_third(connection: AsyncConnection, introduction_id: int, third_id: int | None, *, added: bool) -> None:
    """Settles whether the third person is asked (None: they are not). The introduction must be locked."""
    values = {"third_id": third_id, "ask_at": None, "added": added}
    await connection.execute(CHANGE, {"of_id": introduction_id} | values)


async def set_state(
    connection: AsyncConnection, introduction_id: int, state: IntroductionState, due_at: datetime | None
) -> None:
    """The introduction must be locked."""
    await connection.execute(CHANGE, {"of_id": introduction_id, "state": state.value, "due_at": due_at})


async def was_added(connection: AsyncConnection, person_id: int) -> bool:
    """Whether this person is known through introductions alone."""
    return (await connection.execute(WAS_ADDED, {"person": person_id})).first() is not None


async def strangers_left(connection: AsyncConnection) -> tuple[int, ...]:
    """The ids of those who were added for introductions which are all over; some at a time."""
    return tuple((await connection.execute(STRANGERS_LEFT)).scalars())


async def has_ties(connection: AsyncConnection, person_id: int) -> bool:
    """Whether this person has a mentorship, an account, a place in a scheme or an id in another system by now."""
    return bool((await connection.execute(TIES, {"person": person_id})).scalar_one())


async def forget_added(connection: AsyncConnection, person_id: int) -> None:
    """They are known otherwise from now on, or not any more."""
    await connection.execute(FORGET_ADDED, {"person": person_id})


async def is_here(connection: AsyncConnection, person_id: int) -> bool:
    """Whether this person was not erased."""
    return (await connection.execute(PERSON, {"id": person_id})).one().erased_at is None


async def any_person(connection: AsyncConnection, person_id: int) -> Person:
    """Who must exist, without a check of access."""
    return person_of((await connection.execute(PERSON, {"id": person_id})).one())


def _one(found: Any) -> Introduction:
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return _introduction(row)


def _introduction(row: Row[Any]) -> Introduction:
    return Introduction(
        id=row.id,
        mentorship_id=row.mentorship_id,
        mentor_id=row.mentor_id,
        mentee_id=row.mentee_id,
        third_id=row.third_id,
        state=IntroductionState(row.state),
        made_at=row.made_at,
        ask_at=row.ask_at,
        due_at=row.due_at,
    )
