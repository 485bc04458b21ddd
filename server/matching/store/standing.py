"""How the members of a scheme stand: who has a mentor, who is being asked, and how many places mentors have left."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import match_proposals, memberships, mentorships
from server.matching.rules.proposals import ProposalState
from server.matching.store.proposals import IS_OPEN
from server.people.rules.mentorships import MentorshipState
from server.schemes.rules.memberships import MembershipState

MEMBER = MembershipState.MEMBER.value
mentors, mentees = memberships.alias("mentors"), memberships.alias("mentees")
OF_SCHEME = match_proposals.c.scheme_id == bindparam("scheme_id")
OF_BOTH = select(match_proposals.c.mentor_membership_id, match_proposals.c.mentee_membership_id)
ASKED = OF_BOTH.where(OF_SCHEME, IS_OPEN)
REFUSED = OF_BOTH.where(OF_SCHEME, match_proposals.c.state == ProposalState.DECLINED.value)
# Of a mentorship, the mentee's membership in the scheme. A subquery of its own: joined, the database may try each
# mentor with each mentee.
MENTEE = (
    select(mentees.c.id)
    .where(
        mentees.c.scheme_id == bindparam("scheme_id"),
        mentees.c.person_id == mentorships.c.mentee_id,
        mentees.c.state == MEMBER,
    )
    .scalar_subquery()
)
# Members of the scheme who have, or had, a mentorship with somebody; `mentee` is None where that is no member.
TOGETHER = (
    select(mentors.c.id, MENTEE.label("mentee"))
    .select_from(mentors)
    .join(mentorships, mentorships.c.mentor_id == mentors.c.person_id)
    .where(mentors.c.scheme_id == bindparam("scheme_id"), mentors.c.state == MEMBER)
)
MATCHED = TOGETHER.where(mentorships.c.state != MentorshipState.ENDED.value)
PARTED = TOGETHER.where(mentorships.c.state == MentorshipState.ENDED.value)
MEMBERS = select(memberships.c.id).where(
    memberships.c.scheme_id == bindparam("scheme_id"), memberships.c.state == MEMBER
)


@dataclass(frozen=True, slots=True)
class SchemeStanding:
    """How a scheme's members stand, by ids of memberships. `taken` is how many places of each mentor are taken, by
    mentorships that go on and by open proposals. `busy_mentees` have a mentor or are being asked. `tried` are the
    pairs (mentor, mentee) that are not proposed again: one of the two said no, or their mentorship has ended."""

    taken: Mapping[int, int]
    busy_mentees: frozenset[int]
    tried: frozenset[tuple[int, int]]

    def places(self, mentor: int, capacity: int) -> int:
        """How many more mentees this mentor would take."""
        return max(0, capacity - self.taken.get(mentor, 0))


async def standing_in(connection: AsyncConnection, scheme_id: int) -> SchemeStanding:
    """To propose by it, the scheme must be locked."""

    async def pairs(query: Select[Any]) -> list[tuple[int, int]]:
        found = await connection.execute(query, {"scheme_id": scheme_id})
        return [(mentor, mentee) for mentor, mentee in found if mentee is not None]

    held = await pairs(MATCHED) + await pairs(ASKED)
    return SchemeStanding(
        taken=Counter(mentor for mentor, _ in held),
        busy_mentees=frozenset(mentee for _, mentee in held),
        tried=frozenset(await pairs(REFUSED) + await pairs(PARTED)),
    )


async def member_ids(connection: AsyncConnection, scheme_id: int) -> frozenset[int]:
    """The memberships of those who take part."""
    return frozenset((await connection.execute(MEMBERS, {"scheme_id": scheme_id})).scalars())
