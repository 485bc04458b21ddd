"""What the two of a proposal see of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import spread
from server.catchups.rules.drafts import Medium
from server.db.database import Database
from server.errors import NotFound
from server.matching.queries.result import TellableReasons, tellable
from server.matching.rules.proposals import (
    TIMES_SHOWN,
    MatchProposal,
    ProposalSide,
    ProposalStatus,
    status_for,
)
from server.matching.store.first_calls import common_free_times, first_medium
from server.matching.store.kept_results import reasons_from
from server.matching.store.proposals import find_proposal_of, open_proposals_of, said_about
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.people import find_person
from server.schemes.rules.schemes import Scheme
from server.schemes.rules.sign_ups import SignUp
from server.schemes.rules.topics import SchemeTopic
from server.schemes.store.memberships import OwnScheme
from server.schemes.store.schemes import find_any_scheme
from server.schemes.store.sign_ups import sign_up_of
from server.schemes.store.topics import topics_of


@dataclass(frozen=True, slots=True)
class MatchedPerson:
    """One of the two: how they are called, and of what they said that which the other sees."""

    called: str
    name: str
    said: SignUp


@dataclass(frozen=True, slots=True)
class MatchPage:
    """`starts` are those of a first call: for a mentee who is asked some of their common free times, else those which
    the mentee chose. `people` are the two, by their side; `me` is the reader's. `membership_id` is theirs."""

    proposal: MatchProposal
    status: ProposalStatus
    me: ProposalSide
    membership_id: int
    scheme: Scheme
    people: Mapping[str, MatchedPerson]
    topics: tuple[SchemeTopic, ...]
    reasons: TellableReasons | None
    starts: tuple[datetime, ...]
    medium: Medium


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A proposal in a list: whether it waits for the reader's answer, or for the other's."""

    id: int
    scheme_name: str
    status: ProposalStatus
    due_at: datetime | None


async def read_match(db: Database, visitor: Visitor, proposal_id: int, now: datetime) -> MatchPage:
    """Raises NotFound, also for a mentor who was not asked."""
    async with db.reading() as connection:
        proposal = await find_proposal_of(connection, visitor, proposal_id)
        me = proposal.side_of(visitor.person.id)
        said = (await said_about(connection, (proposal.id,)))[proposal.id]
        status = status_for(proposal, me, now, said_no=said.declined_by is me) if me else None
        scheme = await find_any_scheme(connection, proposal.scheme_id)
        if me is None or status is None or scheme is None:
            raise NotFound
        mentor = await _side(connection, proposal.mentor_id, proposal.mentor_membership_id)
        mentee = await _side(connection, proposal.mentee_id, proposal.mentee_membership_id)
        is_mentee = me is ProposalSide.MENTEE
        starts = tuple(each for each in proposal.starts if each > now)
        if status is ProposalStatus.ASKED and is_mentee:
            free = await common_free_times(connection, proposal, now)
            starts = spread(free, visitor.person.zone, TIMES_SHOWN)
        return MatchPage(
            proposal=proposal,
            status=status,
            me=me,
            membership_id=proposal.membership_of(me),
            scheme=scheme,
            people={ProposalSide.MENTOR.value: mentor, ProposalSide.MENTEE.value: mentee},
            topics=await topics_of(connection, scheme.id),
            reasons=tellable(reasons_from(said.reasons), visitor.person.zone),
            starts=starts,
            medium=await first_medium(connection, proposal),
        )


async def match_lines(
    connection: AsyncConnection, person_id: int, schemes: Iterable[OwnScheme], now: datetime
) -> tuple[MatchLine, ...]:
    """The open proposals of which this person knows, for their home. `schemes` are those in which they take part."""
    names, lines = {each.membership_id: each.name for each in schemes}, []
    for proposal in await open_proposals_of(connection, names):
        side = proposal.side_of(person_id)
        status = status_for(proposal, side, now, said_no=False) if side else None
        name = names.get(proposal.membership_of(side)) if side else None
        if status in (ProposalStatus.ASKED, ProposalStatus.WAITS) and name is not None:
            lines.append(MatchLine(proposal.id, name, status, proposal.due_at))
    return tuple(lines)


async def _side(connection: AsyncConnection, person_id: int, membership_id: int) -> MatchedPerson:
    """Raises NotFound once they were erased."""
    person: Person | None = await find_person(connection, person_id)
    if person is None:
        raise NotFound
    return MatchedPerson(person.called, person.name, await sign_up_of(connection, membership_id))
