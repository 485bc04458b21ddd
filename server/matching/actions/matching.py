"""Making a run: reading who waits, having them matched, keeping the result. In the process of the run."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.matching.rules.applicants import MatchCandidate, applicants_of, digest_of, week_of
from server.matching.rules.model import Applicant, Ban, MatchResult, Pin
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.rules.runs import MatchRun, RunEvent, next_state
from server.matching.store import runs
from server.matching.store.kept_results import details_json, reasons_json, report_json
from server.matching.store.pair_rules import pair_rules_of
from server.matching.store.runs import KeptLeftOut, KeptSuggestion
from server.matching.store.standing import member_ids, standing_in
from server.schemes.rules.memberships import MembershipRole
from server.schemes.store.sign_ups import members_waiting

# See server/matching/solving: that needs libraries which only the process of a run has in its memory.
Solver = Callable[[Collection[Applicant], Collection[Pin], Collection[Ban], int, Callable[[int], None]], MatchResult]


@dataclass(frozen=True, slots=True)
class MatchInput:
    """All that goes into a run but its seed. `week` is the Monday of the week to which hours belong. `people` are the
    ids of the members' people, by their memberships."""

    applicants: tuple[Applicant, ...]
    pins: tuple[Pin, ...]
    bans: tuple[Ban, ...]
    week: date
    people: Mapping[int, int]


async def make_match(
    db: Database, run_id: int, solve: Solver, tell: Callable[[int], None], clock: Callable[[], datetime]
) -> None:
    """Keeps the result of a run that this process was started for. `tell` is told the percent that is done.

    Raises RunOver when it was cancelled or lost by then, Unavailable, or NotFound.
    """
    async with db.reading() as connection:
        run = await runs.find_any_run(connection, run_id)
        given = await read_input(connection, run)
    result = solve(given.applicants, given.pins, given.bans, run.seed, tell)
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, run_id, lock=True)
        next_state(run.state, RunEvent.FINISH)
        here = await member_ids(connection, run.scheme_id)
        await runs.finish(
            connection,
            run,
            digest_of(given.applicants, given.pins, given.bans),
            report_json(result, here),
            _suggestions(result, given.week, here),
            [
                KeptLeftOut(each.id, MembershipRole(each.side.value), each.reason.value)
                for each in result.left_out
                if each.id in here
            ],
            clock(),
        )


async def read_input(connection: AsyncConnection, run: MatchRun, only: Collection[int] | None = None) -> MatchInput:
    """Who waits in the scheme of this run, and which pairs are pinned, forbidden, or said no to each other. With `only`
    of these memberships alone."""
    members = await members_waiting(connection, run.scheme_id)
    standing = await standing_in(connection, run.scheme_id)
    rules = await pair_rules_of(connection, run.scheme_id)
    memberships = {each.person.id: each.membership_id for each in members}
    tried: defaultdict[int, set[int]] = defaultdict(set)
    for mentor, mentee in standing.tried:
        tried[mentee].add(mentor)
    candidates = [
        MatchCandidate(
            each.membership_id,
            each.sign_up,
            frozenset(memberships[person_id] for person_id in each.not_with if person_id in memberships)
            | tried[each.membership_id],
            standing.places(each.membership_id, each.sign_up.capacity),
            each.membership_id not in standing.busy_mentees,
        )
        for each in members
        if only is None or each.membership_id in only
    ]
    week = week_of(run.made_at)
    pairs = [(rule.kind, rule.mentor_membership_id, rule.mentee_membership_id) for rule in rules]
    return MatchInput(
        applicants_of(candidates, week),
        tuple(Pin(mentor, mentee) for kind, mentor, mentee in pairs if kind is PairRuleKind.PIN),
        tuple(Ban(mentor, mentee) for kind, mentor, mentee in pairs if kind is PairRuleKind.BAN),
        week,
        {membership_id: person_id for person_id, membership_id in memberships.items()},
    )


def _suggestions(result: MatchResult, week: date, here: Collection[int]) -> list[KeptSuggestion]:
    """Without those who have left meanwhile."""
    return [
        KeptSuggestion(
            mentor_membership_id=each.mentor,
            mentee_membership_id=each.mentee,
            score=each.score,
            pinned=each.pinned,
            first_choice=each.first_choice,
            reasons=reasons_json(each, week),
            details=details_json(each),
        )
        for each in result.suggestions
        if each.mentor in here and each.mentee in here
    ]
