"""Saving what follows from a change of a membership, whole, in the transaction of the verb."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.rules.ledger import membership_subject
from server.people.rules.audit import Actor, AuditSubject
from server.people.store.audit import record
from server.schemes.actions.emails import enqueue_membership_email
from server.schemes.rules.memberships import Membership, MembershipOutcome
from server.schemes.store import memberships


async def save(
    connection: AsyncConnection,
    membership: Membership,
    outcome: MembershipOutcome,
    now: datetime,
    actor: Actor | None = None,
    reason: str = "",
) -> None:
    """The membership and its scheme must be locked. `actor` is who of those who run the scheme did it."""
    await memberships.set_membership_state(connection, membership, outcome.state, now)
    if outcome.forgets:
        await memberships.forget_sign_up(connection, membership.id)
    if outcome.choice is not None:
        await record_choice(connection, membership_subject(membership.id), outcome.choice, now)
    if outcome.act is not None and actor is not None:
        subject = AuditSubject("membership", membership.id)
        people = (membership.person_id,)
        await record(connection, actor, outcome.act, now, people=people, subject=subject, reason=reason)
    if outcome.email is not None:
        await enqueue_membership_email(connection, membership.id, membership.person_id, outcome.email, now)
