"""A friendly reminder to a mentor that nothing is planned with their mentee."""

from datetime import datetime

from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.actions.emails import enqueue_nudge
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.mentorships import MentorshipState, MentorshipUnchanged
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.people.store.people import lock_any_mentorship


async def remind_mentor(db: Database, visitor: Visitor, mentorship_id: int, now: datetime) -> None:
    """Queues the email. The mentee gets none. Raises NotFound, MentorshipUnchanged or AlreadyNudged."""
    async with db.writing() as connection:
        mentorship = await lock_any_mentorship(connection, mentorship_id)
        if mentorship is None:
            raise NotFound
        if mentorship.state is not MentorshipState.ACTIVE:
            raise MentorshipUnchanged
        await enqueue_nudge(connection, mentorship, now)
        subject = AuditSubject("mentorship", mentorship.id)
        people = (mentorship.mentor_id, mentorship.mentee_id)
        await record(connection, acting(visitor), Act.REMINDED_MENTOR, now, people=people, subject=subject)
