"""What those who coordinate a scheme see of its matching: who waits, runs, pinned and forbidden pairs, proposals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.matching.queries.parts import ListPart, part_of
from server.matching.rules.pair_rules import PairRule
from server.matching.rules.proposals import OPEN, MatchProposal, ProposalSide
from server.matching.rules.runs import LIVE, MatchRun, RunState
from server.matching.store.pair_rules import pair_rules_of
from server.matching.store.proposals import proposals_in, said_about
from server.matching.store.runs import newest_runs
from server.matching.store.standing import standing_in
from server.people.rules.names import is_found
from server.people.rules.visitors import Visitor, check_account
from server.schemes.rules.schemes import Scheme
from server.schemes.store.schemes import scheme_coordinated_by
from server.schemes.store.sign_ups import ListedMember, members_in

RUNS_SHOWN = 10
PROPOSALS_SHOWN = 200
# How many of each side the form that pins or forbids a pair offers.
OFFERED = 200


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A member who may be matched. `places` are how many more mentees a mentor would take."""

    membership_id: int
    name: str
    since: datetime
    places: int = 0


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """Those of one side who wait: `count` of them, of whom those are meant whose name is found; `rows` are a part of
    these."""

    count: int
    part: ListPart
    rows: tuple[WaitingRow, ...]


@dataclass(frozen=True, slots=True)
class OfferedMembers:
    """The ids of the memberships of those of one side who may be pinned or forbidden: the first of those whose name is
    found; and how many more there are."""

    ids: tuple[int, ...]
    more: int


@dataclass(frozen=True, slots=True)
class MatchingSearch:
    """What a coordinator looks at: the number of each list's page, the names that were typed, and which memberships the
    form that pins or forbids a pair has chosen."""

    mentors: int = 1
    mentees: int = 1
    mentor_name: str = ""
    mentee_name: str = ""
    chosen: frozenset[int] = frozenset()


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
    `can_mentor` and `can_be_mentored` those who may be pinned or forbidden. `state` is that of the newest run now."""

    scheme: Scheme
    mentors: WaitingPart
    mentees: WaitingPart
    names: Mapping[int, str]
    can_mentor: OfferedMembers
    can_be_mentored: OfferedMembers
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


async def read_matching(
    db: Database, visitor: Visitor, scheme_id: int, search: MatchingSearch, now: datetime
) -> MatchingPage:
    """Raises NotFound."""
    async with db.reading() as connection:
        scheme = await scheme_coordinated_by(connection, check_account(visitor), scheme_id)
        members = await members_in(connection, scheme.id)
        standing = await standing_in(connection, scheme.id)
        runs = await newest_runs(connection, scheme.id, RUNS_SHOWN)
        names = {each.membership_id: each.person.name for each in members}
        mentors = [each for each in members if each.role.mentors]
        mentees = [each for each in members if each.role.is_mentored]
        rows = await _proposals(connection, scheme.id, names)
        places = {each.membership_id: standing.places(each.membership_id, each.capacity) for each in mentors}
        with_place = [each for each in mentors if places[each.membership_id] > 0]
        waiting = [each for each in mentees if each.membership_id not in standing.busy_mentees]
        return MatchingPage(
            scheme=scheme,
            mentors=_part(with_place, search.mentor_name, search.mentors, places),
            mentees=_part(waiting, search.mentee_name, search.mentees, {}),
            names=names,
            can_mentor=_offered(mentors, search.mentor_name, search.chosen),
            can_be_mentored=_offered(mentees, search.mentee_name, search.chosen),
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


def _part(members: Sequence[ListedMember], name: str, number: int, places: Mapping[int, int]) -> WaitingPart:
    found = [each for each in members if is_found(each.person.name, name)]
    part = part_of(len(found), number)
    rows = [
        WaitingRow(each.membership_id, each.person.name, each.since, places.get(each.membership_id, 0))
        for each in found[part.first - 1 : part.last]
    ]
    return WaitingPart(len(members), part, tuple(rows))


def _offered(members: Sequence[ListedMember], name: str, chosen: Collection[int]) -> OfferedMembers:
    """Who is chosen is among them, whatever is searched for now; a name that finds nobody leaves all to choose from."""
    found = [each for each in members if is_found(each.person.name, name)] or members
    ids = [each.membership_id for each in found]
    first = ids[:OFFERED]
    missing = set(chosen) - set(first)
    first += [each.membership_id for each in members if each.membership_id in missing]
    return OfferedMembers(tuple(first), max(len(ids) - OFFERED, 0))
