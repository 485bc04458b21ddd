"""Locking a proposal for a change, and saving what follows from it, whole, in the transaction of the verb."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.rules.ledger import NewChoice, Statement, match_subject
from server.errors import NotFound
from server.mail import outbox
from server.matching.rules.proposals import ASKED_EMAIL, OPEN, MatchProposal, ProposalOutcome
from server.matching.store.proposals import lock_any_proposal, set_outcome
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import find_any_membership
from server.schemes.store.schemes import lock_any_scheme


def path_of(proposal_id: int) -> str:
    return f"/matches/{proposal_id}"


async def lock(connection: AsyncConnection, found: MatchProposal) -> MatchProposal:
    """The scheme is locked first, as everywhere. Raises NotFound."""
    await lock_any_scheme(connection, found.scheme_id)
    proposal = await lock_any_proposal(connection, found.id)
    if proposal is None:
        raise NotFound
    return proposal


async def both_are_members(connection: AsyncConnection, proposal: MatchProposal) -> bool:
    """The clock ends a proposal of which one does not take part any more; until it comes to it, nobody answers."""
    both = (proposal.mentor_membership_id, proposal.mentee_membership_id)
    found = [await find_any_membership(connection, each) for each in both]
    return all(each is not None and each.state is MembershipState.MEMBER for each in found)


async def save(
    connection: AsyncConnection,
    proposal: MatchProposal,
    outcome: ProposalOutcome,
    now: datetime,
    by: Statement | None = None,
) -> None:
    """`by` is what the one who answers says. The proposal must be locked. Once it is over, an email that asks and has
    not left is dropped."""
    await set_outcome(connection, proposal, outcome)
    if by is not None and outcome.choice is not None:
        await record_choice(connection, match_subject(proposal.id), NewChoice(outcome.choice, by), now)
    if outcome.state not in OPEN:
        for asked in (proposal.mentor_id, proposal.mentee_id):
            await outbox.drop_event(connection, asked, _event(proposal.id, ASKED_EMAIL), now)
    for person_id, kind in outcome.emails:
        await tell(connection, proposal.id, person_id, kind, now)


async def tell(connection: AsyncConnection, proposal_id: int, person_id: int, kind: str, now: datetime) -> None:
    """Queues an email about a proposal to one of its two."""
    await outbox.enqueue(
        connection,
        recipient_id=person_id,
        event=_event(proposal_id, kind),
        kind=kind,
        path=path_of(proposal_id),
        now=now,
    )


def _event(proposal_id: int, kind: str) -> str:
    return f"match:{proposal_id}:{kind}"
