"""People and mentorships."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Row, Select, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import for_update
from server.db.tables import mentorships, name_keys, people
from server.errors import NotFound
from server.people.rules import names
from server.people.rules.mentorships import HALF_YEAR, LONG_REST, MentorshipState, Side
from server.people.rules.people import Details, Mentorship, Person, email_key, nowhere_of
from server.people.rules.visitors import Visitor, check_home
from server.people.store.merged import now_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MentorshipRow:
    """A mentorship as one of its two people sees it. `other_erased`: nothing new can be agreed with them."""

    id: int
    other: Person
    role: Literal["mentor", "mentee"]
    state: MentorshipState
    other_erased: bool
    rests_by: Side | None = None


@dataclass(frozen=True, slots=True)
class AddedPerson:
    """Somebody who is added with others: see Person."""

    name: str
    email: str
    zone: str
    language: str


MENTORSHIPS_OF = (
    select(
        mentorships.c.id.label("mentorship_id"),
        mentorships.c.mentor_id,
        mentorships.c.state,
        mentorships.c.rests_by,
        people,
    )
    .join(
        people,
        or_(
            (mentorships.c.mentor_id == bindparam("id")) & (people.c.id == mentorships.c.mentee_id),
            (mentorships.c.mentee_id == bindparam("id")) & (people.c.id == mentorships.c.mentor_id),
        ),
    )
    .order_by(people.c.name, people.c.id)
)
# How many keys or ids one statement asks for: with more of them the database would walk through the table instead.
AT_ONCE = 100
# Who was merged into another person is found as that one.
known_as = people.alias("known_as")
BY_KEYS = (
    select(known_as.c.email_key.label("asked"), people)
    .select_from(known_as)
    .join(people, people.c.id == now_of(known_as))
    .where(known_as.c.email_key.in_(bindparam("keys", expanding=True)))
)
UNMERGED = select(people).where(people.c.id == bindparam("id"), people.c.merged_into.is_(None))
# An address that the person had before a merge is theirs to have again.
FORMER = select(people.c.id).where(
    people.c.merged_into == bindparam("person_id"), people.c.email_key == bindparam("key")
)
BY_MENTORS = select(mentorships).where(mentorships.c.mentor_id.in_(bindparam("ids", expanding=True)))
# Who signed up for a scheme and has not confirmed that is in no list, and no search finds them.
IS_LISTED = select(name_keys.c.person_id).where(name_keys.c.person_id == people.c.id, name_keys.c.place == 0).exists()
LISTED = select(name_keys.c.person_id).where(
    name_keys.c.person_id.in_(bindparam("ids", expanding=True)), name_keys.c.place == 0
)
MENTORSHIP = select(mentorships).where(mentorships.c.id == bindparam("id"))
MENTORSHIP_TO_LOCK = for_update(MENTORSHIP)
# Who changes is compared with the others once more.
TO_COMPARE = {"to_compare": True}
AT_FIRST = {"phone": "", "needs": "", "discreet": True, "preferred_name": "", "language_known": False}


async def add_person(
    connection: AsyncConnection, now: datetime, name: str, email: str, zone: str, language: str, *, zone_known: bool
) -> Person:
    given = {"name": name, "email": email, "zone": zone, "language": language, "zone_known": zone_known}
    person = await _add(connection, now, given | TO_COMPARE)
    await _set_name_keys(connection, person.id, name)
    return person


async def add_unlisted_person(
    connection: AsyncConnection, now: datetime, name: str, email: str, zone: str, language: str, *, zone_known: bool
) -> Person:
    """Somebody who has not confirmed that the address is theirs: no list and no search finds their name, and nobody is
    compared with them."""
    given = {"name": name, "email": email, "zone": zone, "language": language, "zone_known": zone_known}
    return await _add(connection, now, given | {"to_compare": False})


async def _add(connection: AsyncConnection, now: datetime, given: Mapping[str, object]) -> Person:
    values = {**given, "email_key": email_key(str(given["email"])), "added_at": now, **AT_FIRST}
    return person_of((await connection.execute(insert(people).values(values).returning(people))).one())


async def list_people(connection: AsyncConnection, found: Collection[Person]) -> None:
    """Those of these people who were not listed are from now on."""
    for some in _at_once(found):
        ids = [person.id for person in some]
        listed = frozenset((await connection.execute(LISTED, {"ids": ids})).scalars())
        for person in some:
            if person.id not in listed:
                await _set_name_keys(connection, person.id, person.name)
                await connection.execute(update(people).where(people.c.id == person.id).values(TO_COMPARE))


async def is_listed(connection: AsyncConnection, person_id: int) -> bool:
    return (await connection.execute(LISTED, {"ids": [person_id]})).first() is not None


async def find_person(connection: AsyncConnection, person_id: int) -> Person | None:
    row = (await connection.execute(select(people).where(people.c.id == person_id))).one_or_none()
    return person_of(row) if row else None


async def find_unmerged_person(connection: AsyncConnection, person_id: int) -> Person | None:
    """None also for somebody who was merged into another."""
    row = (await connection.execute(UNMERGED, {"id": person_id})).one_or_none()
    return person_of(row) if row else None


async def find_person_by_email(connection: AsyncConnection, email: str) -> Person | None:
    """The person with this email address, in capitals or not; also with one that they had before a merge."""
    return (await find_people_by_keys(connection, (email_key(email),))).get(email_key(email))


async def set_details(connection: AsyncConnection, person_id: int, details: Details) -> None:
    """Saves what a person says about themselves; their zone and language are then known."""
    known = {"zone_known": True, "language_known": True}
    values = known | asdict(details) | TO_COMPARE
    await connection.execute(update(people).where(people.c.id == person_id).values(values))
    note_change(connection, Topic("person", person_id))


async def add_people(connection: AsyncConnection, new: Sequence[AddedPerson], now: datetime) -> Mapping[str, int]:
    """The ids of the people who were added, by the keys of their addresses: none of these is known yet."""
    if not new:
        return {}
    rows = [
        {"email_key": email_key(each.email), "added_at": now, "zone_known": False, **AT_FIRST, **asdict(each)}
        for each in new
    ]
    added = await connection.execute(insert(people).returning(people.c.id, people.c.email_key, people.c.name), rows)
    found = added.all()
    keys = [
        {"person_id": row.id, "place": place, "key": key}
        for row in found
        for place, key in enumerate(names.name_keys(row.name))
    ]
    await connection.execute(insert(name_keys), keys)
    return {row.email_key: row.id for row in found}


async def find_people_by_keys(connection: AsyncConnection, keys: Collection[str]) -> Mapping[str, Person]:
    """Those who are known, by the keys of their addresses."""
    found = {}
    for some in _at_once(keys):
        for row in await connection.execute(BY_KEYS, {"keys": some}):
            found[row.asked] = person_of(row)
    return found


async def any_mentorships_of(connection: AsyncConnection, mentor_ids: Collection[int]) -> tuple[Mentorship, ...]:
    """Every mentorship of these mentors, without a check of access."""
    found: list[Mentorship] = []
    for some in _at_once(mentor_ids):
        found += [mentorship_from(row) for row in await connection.execute(BY_MENTORS, {"ids": some})]
    return tuple(found)


async def add_mentorships(connection: AsyncConnection, pairs: Sequence[tuple[int, int]], now: datetime) -> None:
    """New mentorships of these mentors and mentees, by their ids."""
    same = {"began_at": now, "quiet_since": now}
    rows = [{"mentor_id": mentor_id, "mentee_id": mentee_id, **same} for mentor_id, mentee_id in pairs]
    if rows:
        await connection.execute(insert(mentorships), rows)


async def set_name(connection: AsyncConnection, person_id: int, name: str) -> None:
    await connection.execute(update(people).where(people.c.id == person_id).values(name=name, **TO_COMPARE))
    await connection.execute(delete(name_keys).where(name_keys.c.person_id == person_id))
    await _set_name_keys(connection, person_id, name)


async def set_email(connection: AsyncConnection, person_id: int, email: str) -> None:
    key = email_key(email)
    for former in (await connection.execute(FORMER, {"person_id": person_id, "key": key})).scalars().all():
        nowhere = nowhere_of(former)
        freed = update(people).where(people.c.id == former)
        await connection.execute(freed.values(email=nowhere, email_key=nowhere))
    values = {"email": email, "email_key": key} | TO_COMPARE
    await connection.execute(update(people).where(people.c.id == person_id).values(values))


async def set_zone(connection: AsyncConnection, person_id: int, zone: str, *, only_unknown: bool) -> None:
    """Saves a person's zone; with `only_unknown` only if it is not known yet."""
    theirs = update(people).where(people.c.id == person_id)
    if only_unknown:
        theirs = theirs.where(people.c.zone_known.is_(False))
    await connection.execute(theirs.values(zone=zone, zone_known=True))


async def set_language(connection: AsyncConnection, person_id: int, language: str | None) -> None:
    """Saves a person's language, or with None only that they were asked and keep the one they have."""
    values = {"language_known": True} | ({"language": language} if language else {})
    await connection.execute(update(people).where(people.c.id == person_id).values(values))


async def lock_people(connection: AsyncConnection, ids: tuple[int, ...]) -> None:
    """Locks these people until the transaction ends, so that no other one books them at the same time (PostgreSQL)."""
    await connection.execute(for_update(select(people.c.id).where(people.c.id.in_(ids)).order_by(people.c.id)))


async def add_mentorship(connection: AsyncConnection, mentor_id: int, mentee_id: int, now: datetime) -> int:
    result = await connection.execute(
        insert(mentorships)
        .values(mentor_id=mentor_id, mentee_id=mentee_id, began_at=now, quiet_since=now)
        .returning(mentorships.c.id)
    )
    return int(result.scalar_one())


async def lock_mentorship_of(connection: AsyncConnection, visitor: Visitor, mentorship_id: int) -> Mentorship:
    """The mentorship, if this visitor's home link opens it; locked until the transaction ends.

    Raises NotFound, also when the other person was erased.
    """
    return await lock_mentorship_with(connection, check_home(visitor).id, mentorship_id)


async def lock_mentorship_with(connection: AsyncConnection, person_id: int, mentorship_id: int) -> Mentorship:
    """The mentorship, if this person is one of the two, who have proven themselves in another way than by a link to
    their home; locked until the transaction ends. Raises NotFound, also when one of the two was erased."""
    theirs = select(mentorships).where(
        mentorships.c.id == mentorship_id,
        or_(mentorships.c.mentor_id == person_id, mentorships.c.mentee_id == person_id),
        ~exists().where(
            people.c.id.in_((mentorships.c.mentor_id, mentorships.c.mentee_id)), people.c.erased_at.is_not(None)
        ),
    )
    row = (await connection.execute(for_update(theirs))).one_or_none()
    if row is None:
        raise NotFound
    return mentorship_from(row)


async def find_any_mentorship(connection: AsyncConnection, mentorship_id: int) -> Mentorship | None:
    """The mentorship, without a check of access: for those who run the scheme, and for what the two are told."""
    row = (await connection.execute(MENTORSHIP, {"id": mentorship_id})).one_or_none()
    return mentorship_from(row) if row else None


async def lock_any_mentorship(connection: AsyncConnection, mentorship_id: int) -> Mentorship | None:
    """As `find_any_mentorship`; locked until the transaction ends."""
    row = (await connection.execute(MENTORSHIP_TO_LOCK, {"id": mentorship_id})).one_or_none()
    return mentorship_from(row) if row else None


async def set_mentorship_state(
    connection: AsyncConnection, mentorship_id: int, state: MentorshipState, by: Side, now: datetime
) -> None:
    """The mentorship must be locked. After a long rest nobody is asked at once whether things still fit."""
    rests = state is not MentorshipState.ACTIVE
    theirs = update(mentorships).where(mentorships.c.id == mentorship_id)
    if not rests:
        long = mentorships.c.state_at <= now - LONG_REST
        await connection.execute(theirs.where(long).values(review_at=now + HALF_YEAR))
    values = {"state": state.value, "state_at": now if rests else None, "rests_by": by.value if rests else None}
    await connection.execute(theirs.values(values))


def pairs_of(person_id: Any) -> Select[Any]:
    """The ids of this person's mentorships, within another query."""
    return select(mentorships.c.id).where(
        or_(mentorships.c.mentor_id == person_id, mentorships.c.mentee_id == person_id)
    )


async def find_mentorship_between(connection: AsyncConnection, mentor_id: int, mentee_id: int) -> int | None:
    result = await connection.execute(
        select(mentorships.c.id).where(mentorships.c.mentor_id == mentor_id, mentorships.c.mentee_id == mentee_id)
    )
    return result.scalar_one_or_none()


async def has_mentorship(connection: AsyncConnection, person_id: int) -> bool:
    theirs = or_(mentorships.c.mentor_id == person_id, mentorships.c.mentee_id == person_id)
    return (await connection.execute(select(mentorships.c.id).where(theirs).limit(1))).first() is not None


async def mentorships_of(connection: AsyncConnection, person: Person) -> tuple[MentorshipRow, ...]:
    """This person's mentorships with the other person of each, by the other's name."""
    rows = await connection.execute(MENTORSHIPS_OF, {"id": person.id})
    return tuple(
        MentorshipRow(
            row.mentorship_id,
            person_of(row),
            "mentor" if row.mentor_id == person.id else "mentee",
            MentorshipState(row.state),
            row.erased_at is not None,
            _rests_by(MentorshipState(row.state), row.rests_by),
        )
        for row in rows
    )


async def mentorship_of_visitor(connection: AsyncConnection, visitor: Visitor, mentorship_id: int) -> MentorshipRow:
    """The visitor's mentorship. Raises NotFound, also away from home."""
    for row in await mentorships_of(connection, check_home(visitor)):
        if row.id == mentorship_id:
            return row
    raise NotFound


def _at_once(wanted: Collection[T]) -> Iterator[list[T]]:
    listed = list(wanted)
    return (listed[begin : begin + AT_ONCE] for begin in range(0, len(listed), AT_ONCE))


async def _set_name_keys(connection: AsyncConnection, person_id: int, name: str) -> None:
    rows = [{"person_id": person_id, "place": place, "key": key} for place, key in enumerate(names.name_keys(name))]
    await connection.execute(insert(name_keys), rows)


def mentorship_from(row: Row[Any]) -> Mentorship:
    state = MentorshipState(row.state)
    return Mentorship(row.id, row.mentor_id, row.mentee_id, state, _rests_by(state, row.rests_by))


def _rests_by(state: MentorshipState, noted: str | None) -> Side | None:
    """Before it was noted, those who run the scheme had done it."""
    if state is MentorshipState.ACTIVE:
        return None
    return Side(noted) if noted else Side.SCHEME


def person_of(row: Row[Any]) -> Person:
    return Person(
        row.id,
        row.name,
        row.zone,
        row.language,
        row.needs,
        row.zone_known,
        row.discreet,
        row.preferred_name,
        row.language_known,
    )
