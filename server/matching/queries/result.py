"""The result of a run, for those who coordinate its scheme."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.db.database import Database
from server.errors import NotFound
from server.matching.queries.parts import ListPart, part_of
from server.matching.rules.applicants import LocalTime, local_times
from server.matching.rules.model import LeftOutReason, NextBest, Term
from server.matching.rules.runs import MatchRun, RunState
from server.matching.store.kept_results import (
    KeptReasons,
    KeptReport,
    details_from,
    reasons_from,
    report_from,
)
from server.matching.store.runs import find_any_run, left_out_of, newest_runs, suggestions_of
from server.matching.store.standing import standing_in
from server.people.rules.visitors import Visitor, check_account
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.schemes import Scheme
from server.schemes.rules.topics import SchemeTopic
from server.schemes.store.schemes import scheme_coordinated_by
from server.schemes.store.sign_ups import members_in
from server.schemes.store.topics import topics_of

# A page shows so many people who were left out.
LEFT_OUT_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TellableReasons:
    """The reasons of a pair, with the times in the reader's zone. Topics are ids."""

    topics: tuple[int, ...]
    words: tuple[str, ...]
    languages: tuple[str, ...]
    media: tuple[str, ...]
    times: tuple[LocalTime, ...]


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggested pair, by the ids of their memberships. `may_propose`: neither is being asked or taken by now."""

    id: int
    mentor: int
    mentee: int
    score: int
    points: Mapping[Term, int]
    pinned: bool
    first_choice: bool
    reasons: TellableReasons | None
    next_best: tuple[NextBest, ...]
    may_propose: bool


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    membership_id: int
    role: MembershipRole
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class ResultPage:
    """`names` and `called` are of the members, by the ids of their memberships. `newest`: no later run has replaced
    what this one suggested. `suggestions` are those of the `part`; `left_out` are the first, and `more_left_out` is how
    many more there are."""

    scheme: Scheme
    run: MatchRun
    newest: bool
    names: Mapping[int, str]
    called: Mapping[int, str]
    topics: tuple[SchemeTopic, ...]
    part: ListPart
    suggestions: tuple[SuggestionRow, ...]
    left_out: tuple[LeftOutRow, ...]
    more_left_out: int
    report: KeptReport


async def read_result(db: Database, visitor: Visitor, run_id: int, number: int = 1) -> ResultPage:
    """Of a run that is done; of its suggestions those of this page, or of the last. Raises NotFound."""
    async with db.reading() as connection:
        run = await find_any_run(connection, run_id)
        scheme = await scheme_coordinated_by(connection, check_account(visitor), run.scheme_id)
        if run.state is not RunState.DONE or run.report is None:
            raise NotFound
        members = {each.membership_id: each for each in await members_in(connection, scheme.id)}
        standing = await standing_in(connection, scheme.id)
        newest = [each for each in await newest_runs(connection, scheme.id, 20) if each.state is RunState.DONE]
        found = [
            each
            for each in await suggestions_of(connection, run.id)
            if members.keys() >= {each.mentor_membership_id, each.mentee_membership_id}
        ]
        left_out = [each for each in await left_out_of(connection, run.id) if each.membership_id in members]
        part = part_of(len(found), number)
        rows = []
        for each in found[part.first - 1 : part.last]:
            pair = (each.mentor_membership_id, each.mentee_membership_id)
            details, mentor = details_from(each.details), members[pair[0]]
            free = standing.places(pair[0], mentor.capacity) > 0
            rows.append(
                SuggestionRow(
                    id=each.id,
                    mentor=pair[0],
                    mentee=pair[1],
                    score=each.score,
                    points=details.points,
                    pinned=each.pinned,
                    first_choice=each.first_choice,
                    reasons=tellable(reasons_from(each.reasons), visitor.person.zone),
                    next_best=tuple(other for other in details.next_best if other.mentor in members),
                    may_propose=free and pair[1] not in standing.busy_mentees and pair not in standing.tried,
                )
            )
        report = report_from(run.report)
        return ResultPage(
            scheme=scheme,
            run=run,
            newest=bool(newest) and newest[0].id == run.id,
            names={key: each.person.name for key, each in members.items()},
            called={key: each.person.called for key, each in members.items()},
            topics=await topics_of(connection, scheme.id),
            part=part,
            suggestions=tuple(rows),
            left_out=tuple(
                LeftOutRow(each.membership_id, each.role, LeftOutReason(each.reason))
                for each in left_out[:LEFT_OUT_SHOWN]
            ),
            more_left_out=max(len(left_out) - LEFT_OUT_SHOWN, 0),
            report=replace(
                report,
                refused=tuple(each for each in report.refused if {each.mentor, each.mentee} <= members.keys()),
                costs=tuple(each for each in report.costs if {each.mentor, each.mentee} <= members.keys()),
            ),
        )


def tellable(kept: KeptReasons | None, zone: str) -> TellableReasons | None:
    """As somebody in this zone reads them; None once they were deleted."""
    if kept is None:
        return None
    found = kept.reasons
    times = local_times(found.times, kept.week, zone)
    return TellableReasons(found.topics, found.words, found.languages, found.media, times)
