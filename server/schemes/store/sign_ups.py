"""What people said when they signed up: of one, and of all the members of a scheme who may be matched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import WeeklyHours
from server.catchups.rules.drafts import Medium
from server.db.tables import membership_exclusions, membership_hours, membership_topics, memberships, people
from server.people.rules.people import Person
from server.people.store.people import person_of
from server.schemes.rules.memberships import MembershipRole, MembershipState
from server.schemes.rules.sign_ups import KnownAs, KnownMembers, SignUp, TopicUse

ONE = memberships.c.id == bindparam("id")
# Members whose people are here.
WAITING = (memberships.c.scheme_id == bindparam("scheme_id")) & (memberships.c.state == MembershipState.MEMBER.value)


@dataclass(frozen=True, slots=True)
class WaitingMember:
    """A member who may be matched: `since` is when they signed up, `not_with` the ids of the members (people) whom
    they excluded. Whoever is matched already is among them too: how many matches they have is not known here."""

    membership_id: int
    person: Person
    since: datetime
    sign_up: SignUp
    not_with: frozenset[int]


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member for a list: `since` is when they signed up, `capacity` how many mentees they would take."""

    membership_id: int
    person: Person
    since: datetime
    role: MembershipRole
    capacity: int


def _of(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    chosen = select(table).join(memberships, memberships.c.id == table.c.membership_id)
    return chosen.where(condition).order_by(*table.primary_key.columns)


PARTS_OF_ONE = tuple(_of(table, ONE) for table in (membership_topics, membership_hours, membership_exclusions))
PARTS_OF_WAITING = tuple(_of(table, WAITING) for table in (membership_topics, membership_hours, membership_exclusions))
SAID = select(memberships).where(ONE)
MEMBERS = (
    select(people, people.c.email_key, memberships.c.id.label("membership_id"))
    .join(memberships, memberships.c.person_id == people.c.id)
    .where(WAITING, people.c.erased_at.is_(None))
)
WAITING_ROWS = select(memberships).where(WAITING).order_by(memberships.c.since, memberships.c.id)

LISTED = (
    select(
        people,
        memberships.c.id.label("membership_id"),
        memberships.c.since,
        memberships.c.role,
        memberships.c.capacity,
    )
    .join(memberships, memberships.c.person_id == people.c.id)
    .where(WAITING, people.c.erased_at.is_(None))
    .order_by(memberships.c.since, memberships.c.id)
)


async def sign_up_of(connection: AsyncConnection, membership_id: int) -> SignUp:
    """What the person of this membership, which must exist, said; without a check of access."""
    values = {"id": membership_id}
    row = (await connection.execute(SAID, values)).one()
    return _sign_up(row, *[_grouped(await connection.execute(part, values)) for part in PARTS_OF_ONE])


async def members_waiting(connection: AsyncConnection, scheme_id: int) -> tuple[WaitingMember, ...]:
    """The members of the scheme with what they said, who signed up first before. For matching: what they keep from the
    others is among it."""
    values = {"scheme_id": scheme_id}
    found = {row.membership_id: row for row in await connection.execute(MEMBERS, values)}
    known = KnownMembers(KnownAs(row.id, row.name, row.email_key) for row in found.values())
    parts = [_grouped(await connection.execute(part, values)) for part in PARTS_OF_WAITING]
    members = []
    for row in await connection.execute(WAITING_ROWS, values):
        if person := found.get(row.id):
            said = _sign_up(row, *parts)
            excludes = known.named_in(said.not_with) - {row.person_id}
            members.append(WaitingMember(row.id, person_of(person), row.since, said, excludes))
    return tuple(members)


async def members_in(connection: AsyncConnection, scheme_id: int) -> tuple[ListedMember, ...]:
    """The same members for a list, who signed up first before; nothing of what they said but role and capacity."""
    return tuple(
        ListedMember(row.membership_id, person_of(row), row.since, MembershipRole(row.role), row.capacity)
        for row in await connection.execute(LISTED, {"scheme_id": scheme_id})
    )


def _grouped(rows: Iterable[Row[Any]]) -> Mapping[int, list[Row[Any]]]:
    grouped: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row.membership_id].append(row)
    return grouped


def _sign_up(
    row: Row[Any],
    topics: Mapping[int, list[Row[Any]]],
    hours: Mapping[int, list[Row[Any]]],
    exclusions: Mapping[int, list[Row[Any]]],
) -> SignUp:
    chosen = [(TopicUse(each.use), each.topic_id) for each in topics.get(row.id, ())]
    spans = (WeeklyHours(each.weekday, each.begins, each.ends) for each in hours.get(row.id, ()))
    media = {Medium.VIDEO: row.by_video, Medium.PHONE: row.by_phone}
    return SignUp(
        role=MembershipRole(row.role),
        zone=row.zone,
        hours=tuple(sorted(spans, key=lambda each: (each.weekday, each.begins))),
        brings=frozenset(topic_id for use, topic_id in chosen if use is TopicUse.BRINGS),
        brings_words=row.brings,
        seeks=frozenset(topic_id for use, topic_id in chosen if use is TopicUse.SEEKS),
        seeks_words=row.seeks,
        languages=tuple(row.languages.split()),
        media=frozenset(medium for medium, chosen in media.items() if chosen),
        needs=row.needs,
        capacity=row.capacity,
        not_with=tuple(each.who for each in exclusions.get(row.id, ())),
        department=row.department,
        other_department=row.other_department,
        wishes=row.wishes,
    )
