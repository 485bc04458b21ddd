"""Who coordinates a scheme proposes pairs and takes proposals back; and what ends proposals by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.errors import NotFound
from server.matching.actions.matching import read_input
from server.matching.actions.saving import both_are_members, lock, save, tell
from server.matching.rules.model import MatchSide, Pin
from server.matching.rules.pinning import sort_pins
from server.matching.rules.proposals import (
    ANSWER_WITHIN,
    ASKED_EMAIL,
    OPEN,
    ProposalEvent,
    ProposalSide,
    apply,
)
from server.matching.rules.runs import RunState
from server.matching.store import proposals, runs
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor, check_account
from server.people.store.audit import record
from server.schemes.store.schemes import lock_any_scheme, scheme_coordinated_by


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many were asked, and how many were not because something has changed since the run."""

    asked: int
    not_asked: int


async def propose_pairs(
    db: Database, visitor: Visitor, run_id: int, suggestion_ids: Collection[int], now: datetime
) -> Proposed:
    """Asks the mentees of these suggestions of the run; the mentors are asked once these have said yes.

    Left out is what a run would not suggest any more: of the two one has left or wants no such match by now, the mentee
    is being asked or has a mentor, the mentor has no place left, or the pair is forbidden. Raises NotFound.
    """
    account, actor = check_account(visitor), acting(visitor)
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, run_id)
        if run.state is not RunState.DONE:
            raise NotFound
        scheme = await scheme_coordinated_by(connection, account, run.scheme_id)
        await lock_any_scheme(connection, scheme.id)
        chosen = {
            Pin(each.mentor_membership_id, each.mentee_membership_id): each
            for each in await runs.suggestions_of(connection, run.id)
            if each.id in suggestion_ids
        }
        given = await read_input(connection, run, {each for pair in chosen for each in (pair.mentor, pair.mentee)})
        sides = [
            [each for each in given.applicants if each.side is side] for side in (MatchSide.MENTOR, MatchSide.MENTEE)
        ]
        possible, _ = sort_pins(chosen, given.bans, *sides)
        for pair in possible:
            both, reasons, due_at = (pair.mentor, pair.mentee), chosen[pair].reasons, now + ANSWER_WITHIN
            proposal_id = await proposals.add_proposal(connection, scheme.id, both, reasons, now, due_at)
            await tell(connection, proposal_id, given.people[pair.mentee], ASKED_EMAIL, now)
            # A mentor must not learn that a mentee was asked: 'Your data' would tell those whom the entry names.
            subject = AuditSubject("match", proposal_id)
            await record(connection, actor, Act.PROPOSED_MATCH, now, subject=subject)
        return Proposed(len(possible), len(chosen) - len(possible))


async def withdraw_proposal(db: Database, visitor: Visitor, proposal_id: int, now: datetime) -> int:
    """The id of the scheme. Those who were asked are told that it did not come about.

    Raises NotFound or ProposalOver.
    """
    account, actor = check_account(visitor), acting(visitor)
    async with db.writing() as connection:
        found = await proposals.find_any_proposal(connection, proposal_id)
        if found is None:
            raise NotFound
        await scheme_coordinated_by(connection, account, found.scheme_id)
        proposal = await lock(connection, found)
        await save(connection, proposal, apply(proposal, ProposalEvent.WITHDRAW, ProposalSide.COORDINATOR, now), now)
        await record(connection, actor, Act.WITHDREW_MATCH, now, subject=AuditSubject("match", proposal.id))
        return proposal.scheme_id


async def end_proposals(db: Database, now: datetime) -> int:
    """Ends those whose time is over, and those of people who do not take part any more; returns how many."""
    async with db.reading() as connection:
        due = {*await proposals.due_proposals(connection, now), *await proposals.proposals_left(connection)}
    return await for_each(db, Work.MATCH_END, sorted(due), partial(_end, db, now), now)


async def _end(db: Database, now: datetime, proposal_id: int) -> bool:
    async with db.writing() as connection:
        found = await proposals.find_any_proposal(connection, proposal_id)
        if found is None:
            return False
        proposal = await lock(connection, found)
        if proposal.state not in OPEN:
            return False
        if not await both_are_members(connection, proposal):
            outcome = apply(proposal, ProposalEvent.MEMBER_LEFT, ProposalSide.SYSTEM, now)
        elif proposal.due_at is not None and proposal.due_at <= now:
            outcome = apply(proposal, ProposalEvent.TIME_OVER, ProposalSide.CLOCK, now)
        else:
            return False
        await save(connection, proposal, outcome, now)
        return True
