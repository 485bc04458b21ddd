"""What the two who are asked may do: say yes, which is agreeing to a first call, say no, and take a yes back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.saving import save as save_catchup
from server.catchups.rules import answers
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Draft, Medium, check_draft
from server.catchups.rules.errors import TimePassed, TimeTaken
from server.catchups.rules.ledger import ShownWording, statement_of
from server.catchups.rules.proposals import propose
from server.catchups.store import catchups
from server.catchups.store.bookings import live_between
from server.db.database import Database
from server.errors import NotFound
from server.matching.actions.saving import both_are_members, lock, save
from server.matching.rules.proposals import (
    FIRST_CALL_MINUTES,
    MatchProposal,
    ProposalEvent,
    ProposalOver,
    ProposalSide,
    TimeNotFree,
    apply,
    check,
    check_starts,
    check_what_would_change,
    status_for,
)
from server.matching.store import proposals
from server.matching.store.first_calls import common_free_times, first_medium
from server.people.actions.mentorships import change_state
from server.people.rules.mentorships import MentorshipEvent, MentorshipState, Side
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store import people


@dataclass(frozen=True, slots=True)
class _Question:
    """A proposal that is locked, and which of the two the visitor is."""

    proposal: MatchProposal
    side: ProposalSide


async def agree(
    db: Database,
    visitor: Visitor,
    proposal_id: int,
    chosen: tuple[datetime, ...],
    shown: ShownWording,
    now: datetime,
) -> int | None:
    """A yes. `chosen` are the times for a first call: of a mentee those that suit them, of a mentor one of these.

    With the mentor's yes the two are in a mentorship, and the call is booked; its catch-up's id is returned. Raises
    NotFound, ProposalOver, or InvalidInput with the field start.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        asked = await _lock_question(connection, visitor, proposal_id, now)
        proposal = asked.proposal
        if asked.side is ProposalSide.MENTEE:
            check(proposal, ProposalEvent.AGREE, asked.side, now)
            starts = check_starts(chosen, await common_free_times(connection, proposal, now))
            outcome = apply(proposal, ProposalEvent.AGREE, asked.side, now, starts)
            await proposals.keep_yes(connection, proposal.id, by, starts)
            await save(connection, proposal, outcome, now, by)
            return None
        outcome = apply(proposal, ProposalEvent.AGREE, asked.side, now)
        start = check_starts(chosen, proposal.starts)[0]
        await save(connection, proposal, outcome, now, by)
        mentorship = await _mentorship_of(connection, proposal, now)
        booking = await _book(connection, proposal, mentorship, visitor, start, shown, now)
        await proposals.keep_agreed(connection, proposal.id, mentorship.id, booking.id)
        return booking.catchup_id


async def decline(db: Database, visitor: Visitor, proposal_id: int, words: str, now: datetime) -> None:
    """A no. `words` say what would change it, for those who coordinate the scheme. As with an introduction, a no is no
    entry of the ledger: that holds consents. Raises NotFound, ProposalOver or InvalidInput.
    """
    words = check_what_would_change(words)
    async with db.writing() as connection:
        asked = await _lock_question(connection, visitor, proposal_id, now)
        outcome = apply(asked.proposal, ProposalEvent.DECLINE, asked.side, now)
        await proposals.keep_no(connection, asked.proposal, asked.side, words)
        await save(connection, asked.proposal, outcome, now)


async def take_back(db: Database, visitor: Visitor, proposal_id: int, shown: ShownWording, now: datetime) -> None:
    """A mentee takes their yes back while the mentor has not answered. Raises NotFound or ProposalOver."""
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        asked = await _lock_question(connection, visitor, proposal_id, now)
        await save(connection, asked.proposal, apply(asked.proposal, ProposalEvent.TAKE_BACK, asked.side, now), now, by)


async def _lock_question(connection: AsyncConnection, visitor: Visitor, proposal_id: int, now: datetime) -> _Question:
    """Raises NotFound, also for a mentor who was not asked, and ProposalOver when one of the two has left, before the
    clock has come to it."""
    found = await proposals.find_proposal_of(connection, visitor, proposal_id)
    proposal = await lock(connection, found)
    side = proposal.side_of(visitor.person.id)
    if side is None or status_for(proposal, side, now, said_no=False) is None:
        raise NotFound
    if not await both_are_members(connection, proposal):
        raise ProposalOver
    return _Question(proposal, side)


async def _mentorship_of(connection: AsyncConnection, proposal: MatchProposal, now: datetime) -> Mentorship:
    """The mentorship of the two: one that they had before goes on."""
    pair = (proposal.mentor_id, proposal.mentee_id)
    found = await people.find_mentorship_between(connection, *pair)
    mentorship_id = found if found is not None else await people.add_mentorship(connection, *pair, now)
    mentorship = await people.lock_any_mentorship(connection, mentorship_id)
    if mentorship is None:
        raise NotFound
    if mentorship.state is not MentorshipState.ACTIVE:
        state = await change_state(connection, mentorship, MentorshipEvent.RESUME, Side.SCHEME, now)
        return replace(mentorship, state=state)
    return mentorship


async def _book(
    connection: AsyncConnection,
    proposal: MatchProposal,
    mentorship: Mentorship,
    mentor: Visitor,
    start: datetime,
    shown: ShownWording,
    now: datetime,
) -> Booking:
    """The mentee's yes is an offer of the times that they chose, which the mentor's yes accepts: each with the wording
    that they were shown. Raises TimeNotFree."""
    medium = await first_medium(connection, proposal)
    to_come = tuple(each for each in proposal.starts if each > now)
    if start not in to_come:
        raise TimeNotFree
    draft = check_draft(Draft("", frozenset({medium}), to_come, FIRST_CALL_MINUTES), now)
    said = await proposals.mentees_statement(connection, proposal.id)
    uid = f"match-{proposal.id}@fireside"
    catchup_id = await catchups.add_catchup(connection, mentorship.id, uid, now)
    made = propose(draft, said, None, catchup_id=catchup_id, recipient_id=proposal.mentor_id)
    # Nobody gets an email about an offer that is accepted in the same moment.
    offer = await save_catchup(connection, replace(made, notices=()), now)
    both = (proposal.mentor_id, proposal.mentee_id)
    await people.lock_people(connection, both)
    near = await live_between(connection, both, start, start + timedelta(minutes=FIRST_CALL_MINUTES))
    choice = Acceptance(start, Medium(medium), shown)
    try:
        agreement = answers.accept(offer, statement_of(mentor, shown), choice, near, None, now)
    except (TimeTaken, TimePassed) as problem:
        raise TimeNotFree from problem
    await save_catchup(connection, agreement.offer, now)
    return await save_catchup(connection, agreement.booking, now)
