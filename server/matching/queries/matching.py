"""What those who coordinate a scheme see of its matching: who waits, runs, pinned and forbidden pairs, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.matching.rules.pair_rules import PairRule
from server.matching.rules.proposals import OPEN, MatchProposal, ProposalSide
from server.matching.rules.runs import LIVE, MatchRun, RunState
from server.matching.store.pair_rules import pair_rules_of
from server.matching.store.proposals import proposals_in, said_about
from server.matching.store.runs import newest_runs
from server.matching.store.standing import standing_in
from server.people.rules.visitors import Visitor, check_account
from server.schemes.rules.schemes import Scheme
from server.schemes.store.schemes import scheme_coordinated_by
from server.schemes.store.sign_ups import WaitingMember, members_waiting

RUNS_SHOWN = 10
PROPOSALS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A member who may be matched. `places` are how many more mentees a mentor would take."""

    membership_id: int
    name: str
    since: datetime
    places: int = 0


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with its people's names, who said no, and what they said would change that."""

    proposal: MatchProposal
    mentor: str
    mentee: str
    declined_by: ProposalSide | None
    words: str


@dataclass(frozen=True, slots=True)
class MatchingPage:
    """`mentors` and `mentees` wait for a match. `names` are of all members, by the ids of their memberships,
    `can_mentor` and `can_be_mentored` the ids of those who may be pinned or forbidden. `state` is that of the newest
    run now."""

    scheme: Scheme
    mentors: tuple[WaitingRow, ...]
    mentees: tuple[WaitingRow, ...]
    names: Mapping[int, str]
    can_mentor: tuple[int, ...]
    can_be_mentored: tuple[int, ...]
    runs: tuple[MatchRun, ...]
    state: RunState | None
    rules: tuple[PairRule, ...]
    open: tuple[ProposalRow, ...]
    over: tuple[ProposalRow, ...]


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The newest run of a scheme, and its state now; None before the first."""

    scheme: Scheme
    run: MatchRun | None
    state: RunState | None

    @property
    def live(self) -> bool:
        return self.state in LIVE


async def read_matching(db: Database, visitor: Visitor, scheme_id: int, now: datetime) -> MatchingPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        scheme = await scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        members = await members_waiting(connection, scheme.id)
        standing = await standing_in(connection, scheme.id)
        runs = await newest_runs(connection, scheme.id, RUNS_SHOWN)
        names = {each.membership_id: each.person.name for each in members}
        mentors = [each for each in members if each.sign_up.role.mentors]
        mentees = [each for each in members if each.sign_up.role.is_mentored]
        rows = await _proposals(connection, scheme.id, names)
        places = {each.membership_id: standing.places(each.membership_id, each.sign_up.capacity) for each in mentors}
        return MatchingPage(
            scheme=scheme,
            mentors=tuple(_row(each, places[each.membership_id]) for each in mentors if places[each.membership_id] > 0),
            mentees=tuple(_row(each) for each in mentees if each.membership_id not in standing.busy_mentees),
            names=names,
            can_mentor=tuple(each.membership_id for each in mentors),
            can_be_mentored=tuple(each.membership_id for each in mentees),
            runs=runs,
            state=runs[0].as_of(now) if runs else None,
            rules=await pair_rules_of(connection, scheme.id),
            open=tuple(row for row in rows if row.proposal.state in OPEN),
            over=tuple(row for row in rows if row.proposal.state not in OPEN),
        )


async def read_progress(db: Database, visitor: Visitor, scheme_id: int, now: datetime) -> RunProgress:
    """Raises NotFound."""
    async with db.reading() as connection:
        scheme = await scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        newest = await newest_runs(connection, scheme.id, 1)
        return RunProgress(scheme, newest[0] if newest else None, newest[0].as_of(now) if newest else None)


async def _proposals(connection: AsyncConnection, scheme_id: int, names: Mapping[int, str]) -> list[ProposalRow]:
    """The newest first; who is not a member any more has no name."""
    found = await proposals_in(connection, scheme_id, PROPOSALS_SHOWN)
    said = await said_about(connection, [each.id for each in found])
    return [
        ProposalRow(
            each,
            names.get(each.mentor_membership_id, ""),
            names.get(each.mentee_membership_id, ""),
            said[each.id].declined_by,
            said[each.id].words,
        )
        for each in found
    ]


def _row(member: WaitingMember, places: int = 0) -> WaitingRow:
    return WaitingRow(member.membership_id, member.person.name, member.since, places)
