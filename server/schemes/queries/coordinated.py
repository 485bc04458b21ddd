"""What coordinators see of their own schemes, and admins of all: the list, the members of one, and one member.

With whom somebody does not want to be matched is not among it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.tables import memberships, people
from server.errors import NotFound
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor, check_account
from server.people.store.people import find_person
from server.schemes.rules.memberships import Membership, MembershipState
from server.schemes.rules.schemes import Scheme, Taken, has_place
from server.schemes.rules.sign_ups import SignUp
from server.schemes.rules.topics import SchemeTopic
from server.schemes.store import schemes
from server.schemes.store.memberships import count_taken, membership_coordinated_by, membership_of
from server.schemes.store.sign_ups import sign_up_of
from server.schemes.store.topics import topics_of

MOST = 100
# The order in which the page shows them; those who have not confirmed are nobody's business.
SHOWN = (
    MembershipState.APPLIED,
    MembershipState.WAITING_LIST,
    MembershipState.MEMBER,
    MembershipState.DECLINED,
    MembershipState.LEFT,
    MembershipState.ENDED,
)
IN_STATE = (
    select(memberships, people.c.name)
    .join(people, people.c.id == memberships.c.person_id)
    .where(memberships.c.scheme_id == bindparam("scheme_id"), memberships.c.state == bindparam("state"))
    .order_by(memberships.c.since, memberships.c.id)
    .limit(MOST)
)
COUNTS = (
    select(memberships.c.scheme_id, memberships.c.state, func.count().label("members"))
    .where(memberships.c.scheme_id.in_(bindparam("ids", expanding=True)))
    .group_by(memberships.c.scheme_id, memberships.c.state)
)


@dataclass(frozen=True, slots=True)
class CoordinatedScheme:
    """`counts` are how many are in each state, by its name."""

    scheme: Scheme
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MemberRow:
    membership: Membership
    name: str


@dataclass(frozen=True, slots=True)
class MembersPage:
    """`rows` are by state, those who signed up first before, at most MOST of each."""

    scheme: Scheme
    counts: Mapping[str, int]
    rows: Mapping[str, tuple[MemberRow, ...]]
    taken: Taken


@dataclass(frozen=True, slots=True)
class MemberPage:
    """`free`: there is a place for this member."""

    scheme: Scheme
    membership: Membership
    person: Person
    said: SignUp
    topics: tuple[SchemeTopic, ...]
    free: bool


@dataclass(frozen=True, slots=True)
class SchemeSettings:
    """`accounts` are the coordinators' accounts with their names, by id, and `chosen` those of this scheme."""

    scheme: Scheme | None
    accounts: Mapping[int, str]
    chosen: frozenset[int]


@dataclass(frozen=True, slots=True)
class TopicsPage:
    scheme: Scheme
    topics: tuple[SchemeTopic, ...]


async def read_coordinated(db: Database, visitor: Visitor) -> tuple[CoordinatedScheme, ...]:
    async with db.reading() as connection:
        found = await schemes.schemes_coordinated_by(connection, check_account(visitor))
        counts = await _counts(connection, [scheme.id for scheme in found])
        return tuple(CoordinatedScheme(scheme, counts[scheme.id]) for scheme in found)


async def read_members(db: Database, visitor: Visitor, scheme_id: int) -> MembersPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        scheme = await schemes.scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        return MembersPage(
            scheme,
            (await _counts(connection, [scheme.id]))[scheme.id],
            {state.value: await _in_state(connection, scheme.id, state) for state in SHOWN},
            await count_taken(connection, scheme.id),
        )


async def read_member(db: Database, visitor: Visitor, membership_id: int) -> MemberPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        membership = await membership_coordinated_by(connection, check_account(visitor), membership_id)
        scheme = await schemes.find_any_scheme(connection, membership.scheme_id)
        person = await find_person(connection, membership.person_id)
        if scheme is None or person is None:
            raise NotFound
        said = replace(await sign_up_of(connection, membership.id), not_with=())
        free = has_place(scheme, membership.role, await count_taken(connection, scheme.id))
        return MemberPage(scheme, membership, person, said, await topics_of(connection, scheme.id), free)


async def read_scheme_settings(db: Database, visitor: Visitor, scheme_id: int | None) -> SchemeSettings:
    """Of a new scheme without an id. Raises NotFound."""
    async with db.reading() as connection:
        accounts = await schemes.coordinator_accounts(connection)
        if scheme_id is None:
            return SchemeSettings(None, accounts, frozenset())
        scheme = await schemes.scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        return SchemeSettings(scheme, accounts, await schemes.coordinators_of(connection, scheme.id))


async def read_topics(db: Database, visitor: Visitor, scheme_id: int) -> TopicsPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        scheme = await schemes.scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        return TopicsPage(scheme, await topics_of(connection, scheme.id))


async def _counts(connection: AsyncConnection, scheme_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """How many are in each state, by the id of the scheme."""
    counts = {scheme_id: dict.fromkeys((state.value for state in MembershipState), 0) for scheme_id in scheme_ids}
    for row in await connection.execute(COUNTS, {"ids": scheme_ids}):
        counts[row.scheme_id][row.state] = row.members
    return counts


async def _in_state(connection: AsyncConnection, scheme_id: int, state: MembershipState) -> tuple[MemberRow, ...]:
    rows = await connection.execute(IN_STATE, {"scheme_id": scheme_id, "state": state.value})
    return tuple(MemberRow(membership_of(row), row.name) for row in rows)
