"""Changing the state of a mentorship; what that means for its catch-ups is decided where those are known."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.people.actions.emails import enqueue_mentorship_email
from server.people.rules.audit import Act, Actor, AuditSubject
from server.people.rules.mentorships import MentorshipEvent, MentorshipState, Side, next_state
from server.people.rules.people import Mentorship
from server.people.store import people
from server.people.store.audit import record

ACTS: Mapping[MentorshipEvent, Act] = {
    MentorshipEvent.PAUSE: Act.PAUSED_MENTORSHIP,
    MentorshipEvent.END: Act.ENDED_MENTORSHIP,
    MentorshipEvent.RESUME: Act.RESUMED_MENTORSHIP,
}


async def change_state(
    connection: AsyncConnection, mentorship: Mentorship, event: MentorshipEvent, by: Side, now: datetime
) -> MentorshipState:
    """The new state. The mentorship must be locked. Raises MentorshipUnchanged or OnlyScheme."""
    state = next_state(mentorship.state, event, by, mentorship.rests_by)
    await people.set_mentorship_state(connection, mentorship.id, state, by, now)
    for person_id in (mentorship.mentor_id, mentorship.mentee_id):
        note_change(connection, Topic("person", person_id))
    return state


async def change_state_for_scheme(
    connection: AsyncConnection, mentorship: Mentorship, event: MentorshipEvent, actor: Actor, now: datetime
) -> MentorshipState:
    """The new state, of which both people are told by email, and the audit log. The mentorship must be locked.

    Raises MentorshipUnchanged.
    """
    state = await change_state(connection, mentorship, event, Side.SCHEME, now)
    both = (mentorship.mentor_id, mentorship.mentee_id)
    for person_id in both:
        await enqueue_mentorship_email(connection, person_id, mentorship.id, state, now)
    subject = AuditSubject("mentorship", mentorship.id)
    await record(connection, actor, ACTS[event], now, people=both, subject=subject)
    return state
