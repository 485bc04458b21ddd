"""Memberships, and how many stand before one on the waiting list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.drafts import Medium
from server.db.changes import Topic, note_change
from server.db.database import for_update
from server.db.tables import (
    membership_exclusions,
    membership_hours,
    membership_topics,
    memberships,
    outbox,
    scheme_coordinators,
    schemes,
)
from server.errors import NotFound
from server.people.rules.accounts import Account
from server.people.rules.visitors import Visitor, check_home
from server.schemes.rules.memberships import OVER, Membership, MembershipRole, MembershipState
from server.schemes.rules.schemes import Taken
from server.schemes.rules.sign_ups import SignUp, TopicUse
from server.schemes.store.forgetting import forget_matching

BY_ID = select(memberships).where(memberships.c.id == bindparam("id"))
OF_PERSON = select(memberships).where(
    memberships.c.scheme_id == bindparam("scheme_id"), memberships.c.person_id == bindparam("person_id")
)
ALL_OF_PERSON = select(memberships).where(memberships.c.person_id == bindparam("person_id")).order_by(memberships.c.id)
COORDINATED = BY_ID.where(
    memberships.c.scheme_id.in_(
        select(scheme_coordinators.c.scheme_id).where(scheme_coordinators.c.account_id == bindparam("account_id"))
    )
)
MEMBERS = select(memberships.c.role, func.count().label("members")).where(
    memberships.c.scheme_id == bindparam("scheme_id"), memberships.c.state == MembershipState.MEMBER.value
)
TAKEN = MEMBERS.group_by(memberships.c.role)
BEFORE = select(func.count()).where(
    memberships.c.scheme_id == bindparam("scheme_id"),
    memberships.c.state == MembershipState.WAITING_LIST.value,
    memberships.c.since < bindparam("since", type_=memberships.c.since.type),
    memberships.c.role.in_(bindparam("roles", expanding=True)),
)
OWN_SCHEMES = (
    select(memberships.c.id, memberships.c.state, schemes.c.name)
    .join(schemes, schemes.c.id == memberships.c.scheme_id)
    .where(memberships.c.person_id == bindparam("person_id"), memberships.c.state.not_in(sorted(OVER)))
    .order_by(schemes.c.name, memberships.c.id)
)
others = memberships.alias("others")
# That somebody asked to take part, in vain or still, is not told to the other of a mentorship.
OWN_AFFAIR = (MembershipState.UNCONFIRMED, MembershipState.APPLIED, MembershipState.DECLINED)
SHARED_SCHEMES = OWN_SCHEMES.join(others, others.c.scheme_id == memberships.c.scheme_id).where(
    others.c.person_id == bindparam("other_id"), others.c.state.not_in([state.value for state in OWN_AFFAIR])
)
# In the words of the index.
UNCONFIRMED = (
    select(memberships)
    .where(
        text("state = 'unconfirmed'"), memberships.c.state_at < bindparam("limit", type_=memberships.c.state_at.type)
    )
    .order_by(memberships.c.state_at)
    .limit(bindparam("most"))
)
PARTS = tuple(
    delete(table).where(table.c.membership_id == bindparam("of"))
    for table in (membership_topics, membership_hours, membership_exclusions)
)
BLANK = {
    "brings": "",
    "seeks": "",
    "languages": "",
    "needs": "",
    "department": "",
    "other_department": False,
    "wishes": "",
}


@dataclass(frozen=True, slots=True)
class OwnScheme:
    """A scheme in which somebody takes part or asks to, by its name."""

    membership_id: int
    name: str
    state: MembershipState


async def own_schemes(connection: AsyncConnection, person_id: int) -> tuple[OwnScheme, ...]:
    """By name; without those that are over."""
    rows = await connection.execute(OWN_SCHEMES, {"person_id": person_id})
    return tuple(OwnScheme(row.id, row.name, MembershipState(row.state)) for row in rows)


async def shared_schemes(connection: AsyncConnection, person_id: int, other_id: int) -> tuple[OwnScheme, ...]:
    """Those of the person's in which the other takes part, or did."""
    rows = await connection.execute(SHARED_SCHEMES, {"person_id": person_id, "other_id": other_id})
    return tuple(OwnScheme(row.id, row.name, MembershipState(row.state)) for row in rows)


async def unconfirmed_since(connection: AsyncConnection, limit: datetime, most: int) -> tuple[Membership, ...]:
    """Those that have waited for a confirmation since before `limit`, at most so many."""
    rows = await connection.execute(UNCONFIRMED, {"limit": limit, "most": most})
    return tuple(membership_of(row) for row in rows)


async def find_any_membership(connection: AsyncConnection, membership_id: int) -> Membership | None:
    """Without a check of access: for what its person is told."""
    row = (await connection.execute(BY_ID, {"id": membership_id})).one_or_none()
    return membership_of(row) if row else None


async def membership_in(connection: AsyncConnection, scheme_id: int, person_id: int) -> Membership | None:
    """This person's in the scheme, in whatever state. To decide by it, the scheme must be locked."""
    row = (await connection.execute(OF_PERSON, {"scheme_id": scheme_id, "person_id": person_id})).one_or_none()
    return membership_of(row) if row else None


async def any_memberships_of(connection: AsyncConnection, person_id: int) -> tuple[Membership, ...]:
    """Every one of this person's, oldest first, without a check of access."""
    return tuple(membership_of(row) for row in await connection.execute(ALL_OF_PERSON, {"person_id": person_id}))


async def membership_of_visitor(
    connection: AsyncConnection, visitor: Visitor, membership_id: int, *, lock: bool = False
) -> Membership:
    """The visitor's own, if a link to their home was opened; with `lock` locked until the transaction ends.

    Raises NotFound.
    """
    found = BY_ID.where(memberships.c.person_id == bindparam("person_id"))
    values = {"id": membership_id, "person_id": check_home(visitor).id}
    row = (await connection.execute(for_update(found) if lock else found, values)).one_or_none()
    if row is None:
        raise NotFound
    return membership_of(row)


async def membership_coordinated_by(
    connection: AsyncConnection, account: Account, membership_id: int, *, lock: bool = False
) -> Membership:
    """One in a scheme that this account coordinates, any for an admin; with `lock` locked until the transaction ends.

    Raises NotFound, also for one that was not confirmed: nobody is told of it.
    """
    found = BY_ID if account.is_admin else COORDINATED
    values = {"id": membership_id} | ({} if account.is_admin else {"account_id": account.id})
    row = (await connection.execute(for_update(found) if lock else found, values)).one_or_none()
    if row is None or row.state == MembershipState.UNCONFIRMED.value:
        raise NotFound
    return membership_of(row)


async def count_taken(connection: AsyncConnection, scheme_id: int) -> Taken:
    """How many members there are. To give a place by it, the scheme must be locked."""
    rows = (await connection.execute(TAKEN, {"scheme_id": scheme_id})).all()
    counts = {MembershipRole(row.role): row.members for row in rows}
    return Taken(
        sum(count for role, count in counts.items() if role.mentors),
        sum(count for role, count in counts.items() if role.is_mentored),
    )


async def places_on_list(connection: AsyncConnection, membership: Membership) -> dict[str, int]:
    """The places among those who wait as mentors and as mentees, by role: 1 is the next. None off the list."""
    if membership.state is not MembershipState.WAITING_LIST:
        return {}
    return {role.value: await _place_on_list(connection, membership, role) for role in membership.role.each}


async def _place_on_list(connection: AsyncConnection, membership: Membership, role: MembershipRole) -> int:
    rivals = [other.value for other in MembershipRole if role in other.each]
    values = {"scheme_id": membership.scheme_id, "since": membership.since, "roles": rivals}
    return int((await connection.execute(BEFORE, values)).scalar_one()) + 1


async def add_membership(
    connection: AsyncConnection,
    scheme_id: int,
    person_id: int,
    state: MembershipState,
    sign_up: SignUp,
    now: datetime,
) -> int:
    """The id of a new one, with what the person said."""
    values = {"scheme_id": scheme_id, "person_id": person_id, "state": state.value, "state_at": now, "since": now}
    added = insert(memberships).values(values | _columns(sign_up)).returning(memberships.c.id)
    membership_id = int((await connection.execute(added)).scalar_one())
    await _add_parts(connection, membership_id, sign_up)
    return membership_id


async def set_membership_state(
    connection: AsyncConnection, membership: Membership, state: MembershipState, now: datetime
) -> None:
    """It must be locked."""
    theirs = update(memberships).where(memberships.c.id == membership.id)
    await connection.execute(theirs.values(state=state.value, state_at=now))
    note_change(connection, Topic("person", membership.person_id))


async def begin_again(connection: AsyncConnection, membership: Membership, now: datetime) -> None:
    """Somebody signs up again: they stand at the end of the list."""
    theirs = update(memberships).where(memberships.c.id == membership.id)
    await connection.execute(theirs.values(since=now))


async def set_sign_up(connection: AsyncConnection, membership_id: int, sign_up: SignUp) -> None:
    """In place of what the person said before."""
    await _remove_parts(connection, membership_id)
    theirs = update(memberships).where(memberships.c.id == membership_id)
    await connection.execute(theirs.values(_columns(sign_up)))
    await _add_parts(connection, membership_id, sign_up)


async def forget_sign_up(connection: AsyncConnection, membership_id: int) -> None:
    """Deletes what the person said, and what matching says of them; their role stays, for counts."""
    await _remove_parts(connection, membership_id)
    await forget_matching(connection, membership_id)
    await connection.execute(update(memberships).where(memberships.c.id == membership_id).values(BLANK))


async def delete_membership(connection: AsyncConnection, membership_id: int) -> None:
    """One that was never confirmed, with the emails about it."""
    await _remove_parts(connection, membership_id)
    await connection.execute(delete(outbox).where(outbox.c.membership_id == membership_id))
    await connection.execute(delete(memberships).where(memberships.c.id == membership_id))


async def _remove_parts(connection: AsyncConnection, membership_id: int) -> None:
    for part in PARTS:
        await connection.execute(part, {"of": membership_id})


async def _add_parts(connection: AsyncConnection, membership_id: int, said: SignUp) -> None:
    of_it: dict[str, int | str] = {"membership_id": membership_id}
    topics = [
        of_it | {"topic_id": topic_id, "use": use.value}
        for use, ids in ((TopicUse.BRINGS, said.brings), (TopicUse.SEEKS, said.seeks))
        for topic_id in sorted(ids)
    ]
    hours = [of_it | {"weekday": each.weekday, "begins": each.begins, "ends": each.ends} for each in said.hours]
    exclusions = [of_it | {"place": place, "who": who} for place, who in enumerate(said.not_with)]
    for table, rows in ((membership_topics, topics), (membership_hours, hours), (membership_exclusions, exclusions)):
        if rows:
            await connection.execute(insert(table), rows)


def _columns(said: SignUp) -> dict[str, object]:
    return {
        "role": said.role.value,
        "brings": said.brings_words,
        "seeks": said.seeks_words,
        "languages": " ".join(said.languages),
        "by_video": Medium.VIDEO in said.media,
        "by_phone": Medium.PHONE in said.media,
        "zone": said.zone,
        "needs": said.needs,
        "capacity": said.capacity,
        "department": said.department,
        "other_department": said.other_department,
        "wishes": said.wishes,
    }


def membership_of(row: Row[Any]) -> Membership:
    return Membership(
        id=row.id,
        scheme_id=row.scheme_id,
        person_id=row.person_id,
        role=MembershipRole(row.role),
        state=MembershipState(row.state),
        state_at=row.state_at,
        since=row.since,
    )
