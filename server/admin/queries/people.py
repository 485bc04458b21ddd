"""The list of people, and the page of one: how they stand with the scheme. Never what they wrote to each other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.db.database import Database, any_row
from server.db.tables import (
    bookings,
    catchups,
    day_hours,
    links,
    mentorships,
    name_keys,
    outbox,
    people,
    visits,
    weekly_hours,
)
from server.errors import NotFound
from server.people.rules.accounts import Role, reaches
from server.people.rules.mentorships import MentorshipState
from server.people.rules.names import search_range
from server.people.rules.people import Person, email_key
from server.people.store.accounts import find_account_of
from server.people.store.contacts import any_contact, reachable_by_phone
from server.people.store.merged import id_now, now_of
from server.people.store.people import IS_LISTED, MentorshipRow, mentorships_of, person_of

PAGE_PEOPLE = 50
# From so many people with another word in their names on, the list is walked through until a page is full: it soon is.
MANY = 2_000

EMAILS_OF = outbox.c.recipient_id == people.c.id
GIVEN_UP = and_(outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.failed_at.is_not(None))
# Of a mentorship that has ended nothing is left to be arranged.
GOES_ON = mentorships.c.state != MentorshipState.ENDED.value


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(mentorships).where(condition, GOES_ON).correlate(people).scalar_subquery()


STANDING = (
    any_row(people, links.c.person_id == people.c.id, links.c.opened_at.is_not(None)).label("has_opened"),
    exists().where(EMAILS_OF, outbox.c.sent_at.is_not(None)).label("was_reached"),
    exists().where(EMAILS_OF, GIVEN_UP).label("has_failed"),
    or_(
        exists().where(weekly_hours.c.person_id == people.c.id),
        exists().where(day_hours.c.person_id == people.c.id),
    ).label("has_hours"),
    _count(mentorships.c.mentor_id == people.c.id).label("mentees"),
    _count(mentorships.c.mentee_id == people.c.id).label("mentors"),
)
# As a literal: only then the index over these keys is used.
FIRST_KEY = name_keys.c.place == literal(0, literal_execute=True)
LISTED = (
    select(people, name_keys.c.key.label("first_key"), *STANDING)
    .select_from(name_keys)
    .join(people, people.c.id == name_keys.c.person_id)
    .where(FIRST_KEY, tuple_(name_keys.c.key, name_keys.c.person_id) > tuple_(bindparam("key"), bindparam("id")))
    .order_by(name_keys.c.key, name_keys.c.person_id)
    .limit(PAGE_PEOPLE + 1)
)
# Those who are found by the first word of their name lie together in the list; the others are found one by one.
BY_FIRST_WORD = LISTED.where(name_keys.c.key < bindparam("ends"))
matching = name_keys.alias("matching")
# As above, in the words of the index.
LATER_KEY = matching.c.place > literal(0, literal_execute=True)
IN_RANGE = select(matching.c.person_id).where(
    matching.c.key >= bindparam("begins"), matching.c.key < bindparam("ends"), LATER_KEY
)
# In order: so the index is walked, whatever the database expects to find elsewhere.
HOW_MANY = select(func.count()).select_from(IN_RANGE.order_by(matching.c.key).limit(bindparam("many")).subquery())
BY_OTHER_WORD = LISTED.where(name_keys.c.person_id.in_(IN_RANGE))
of_many = name_keys.alias("of_many")
BY_OTHER_WORD_OF_MANY = LISTED.where(
    exists().where(
        of_many.c.person_id == name_keys.c.person_id,
        of_many.c.key >= bindparam("begins"),
        of_many.c.key < bindparam("ends"),
        of_many.c.place > 0,
    )
)
# Also by an address that they had before a merge.
known_as = people.alias("known_as")
BY_EMAIL = select(people, *STANDING).where(
    people.c.id == select(now_of(known_as)).where(known_as.c.email_key == bindparam("email_key")).scalar_subquery(),
    IS_LISTED,
)
ONE = select(people, people.c.added_at, *STANDING).where(people.c.id == bindparam("id"))
KEY_OF = select(name_keys.c.key).where(FIRST_KEY, name_keys.c.person_id == bindparam("id"))
LAST_SEEN = select(func.max(visits.c.seen_at)).where(visits.c.person_id == bindparam("id"))
COMING = (
    select(mentorships.c.id, mentorships.c.state_at, func.count(bookings.c.id).label("coming"))
    .select_from(mentorships)
    .outerjoin(catchups, catchups.c.mentorship_id == mentorships.c.id)
    .outerjoin(
        bookings,
        (bookings.c.catchup_id == catchups.c.id)
        & (bookings.c.state == BookingState.CONFIRMED.value)
        & (bookings.c.start > bindparam("now")),
    )
    .where(mentorships.c.id.in_(bindparam("ids", expanding=True)))
    .group_by(mentorships.c.id, mentorships.c.state_at)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with the scheme. `was_reached`: the mail server has taken an email to them; `has_failed`: one
    was given up. `mentees` and `mentors` are how many they have, without mentorships that have ended.
    """

    has_opened: bool
    was_reached: bool
    has_failed: bool
    has_number: bool
    has_hours: bool
    mentees: int
    mentors: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: Person
    standing: Standing


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """By name. `next` is the id of the person whom the next page's people come after, None on the last page."""

    rows: tuple[PersonRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class ArrangedPair:
    """A mentorship of the person: `since` is when it was paused or ended, `coming` how many bookings are to come."""

    row: MentorshipRow
    since: datetime | None
    coming: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """`email` is empty where nobody reads it; `role` is that of the account which the person has, if they have one;
    `seen_at` is when they used a link last."""

    person: Person
    standing: Standing
    email: str
    added_at: datetime
    seen_at: datetime | None
    role: Role | None
    pairs: tuple[ArrangedPair, ...]


async def read_people_page(db: Database, typed: str, after: int | None) -> PeoplePage:
    """The people whose name, from one of its words on, begins as `typed`; or the one whose whole address it is."""
    async with db.reading() as connection:
        rows = await _rows(connection, typed, after)
        reachable = await reachable_by_phone(connection, [row.id for row in rows])
    listed = tuple(PersonRow(person_of(row), _standing(row, row.id in reachable)) for row in rows[:PAGE_PEOPLE])
    return PeoplePage(listed, listed[-1].person.id if len(rows) > PAGE_PEOPLE else None)


async def find_id_now(db: Database, person_id: int) -> int:
    """Another one than `person_id` for somebody who was merged."""
    async with db.reading() as connection:
        return await id_now(connection, person_id)


async def read_person_page(db: Database, person_id: int, now: datetime) -> PersonPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = (await connection.execute(ONE, {"id": person_id})).one_or_none()
        if row is None:
            raise NotFound
        person, contact = person_of(row), await any_contact(connection, person_id)
        account = await find_account_of(connection, person_id)
        return PersonPage(
            person=person,
            standing=_standing(row, bool(contact.phone)),
            email=contact.email if reaches(contact.email) else "",
            added_at=row.added_at,
            seen_at=(await connection.execute(LAST_SEEN, {"id": person_id})).scalar_one(),
            role=account.role if account else None,
            pairs=await _pairs(connection, person, now),
        )


async def _rows(connection: AsyncConnection, typed: str, after: int | None) -> list[Row[Any]]:
    if "@" in typed:
        return list(await connection.execute(BY_EMAIL, {"email_key": email_key(typed)}))
    key = None
    if after is not None:
        key = (await connection.execute(KEY_OF, {"id": after})).scalar_one_or_none()
    wanted: dict[str, object] = {"key": key or "", "id": after if key else 0}
    span = search_range(typed)
    if span is None:
        return list(await connection.execute(LISTED, wanted))
    begins, ends = span
    first = {"key": max(begins, key or ""), "id": after if key and key >= begins else 0, "ends": ends}
    rows = list(await connection.execute(BY_FIRST_WORD, first))
    of_span: dict[str, object] = {"begins": begins, "ends": ends}
    found = (await connection.execute(HOW_MANY, of_span | {"many": MANY})).scalar_one()
    others: Select[Any] = BY_OTHER_WORD if found < MANY else BY_OTHER_WORD_OF_MANY
    rows += list(await connection.execute(others, wanted | of_span)) if found else []
    return sorted({row.id: row for row in rows}.values(), key=lambda row: (row.first_key, row.id))[: PAGE_PEOPLE + 1]


async def _pairs(connection: AsyncConnection, person: Person, now: datetime) -> tuple[ArrangedPair, ...]:
    """Those that go on first."""
    rows = await mentorships_of(connection, person)
    more = await connection.execute(COMING, {"ids": [row.id for row in rows], "now": now})
    found = {each.id: each for each in more}
    pairs = [ArrangedPair(row, found[row.id].state_at, found[row.id].coming) for row in rows]
    return tuple(sorted(pairs, key=lambda pair: pair.row.state is MentorshipState.ENDED))


def _standing(row: Row[Any], has_number: bool) -> Standing:
    return Standing(
        row.has_opened, row.was_reached, row.has_failed, has_number, row.has_hours, row.mentees, row.mentors
    )
