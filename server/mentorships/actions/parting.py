"""What each may do as a mentorship ends: leave words for the other, and say what becomes of what the two shared."""

from dataclasses import replace
from datetime import datetime

from server.catchups.store import catchups
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import DomainError
from server.i18n.texts import N_
from server.mail import outbox
from server.mentorships.rules.farewells import checked_farewell
from server.mentorships.rules.notices import NEW_MESSAGES
from server.mentorships.rules.parting import Shared, both_erase
from server.mentorships.store.courses import CoursePart, changed_at, read_parts, set_part
from server.mentorships.store.farewells import set_farewell
from server.mentorships.store.shared import erase_own_words, erase_what_was_kept
from server.people.rules.mentorships import MentorshipState
from server.people.rules.visitors import Visitor
from server.people.store.people import lock_mentorship_of
from server.room.sealing import Sealer


class NotEnded(DomainError):
    sentence = N_("This mentorship goes on, so what you share stays. Nothing was changed.")


async def leave_words(db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, words: str) -> None:
    """For the keepsake of the other, in place of those before. Raises NotFound or InvalidInput."""
    words = checked_farewell(words)
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        await set_farewell(connection, sealer, mentorship.id, visitor.person.id, words)


async def choose_what_stays(db: Database, visitor: Visitor, mentorship_id: int, now: datetime, *, erases: bool) -> None:
    """Erases at once what the visitor wrote, and what the two kept together if the other has said so too; or keeps it.

    Raises NotFound or NotEnded.
    """
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        if mentorship.state is not MentorshipState.ENDED:
            raise NotEnded
        me, other = visitor.person.id, mentorship.other(visitor.person.id)
        ended_at = await changed_at(connection, mentorship.id)
        parts = await read_parts(connection, mentorship.id)
        mine = replace(parts.get(me, CoursePart()), erases=erases, chosen_at=now)
        await set_part(connection, mentorship.id, me, mine)
        if not erases:
            return
        await erase_own_words(connection, mentorship.id, me)
        await outbox.drop_unclaimed(connection, mentorship.id, other, NEW_MESSAGES, now)
        theirs = parts.get(other, CoursePart())
        if both_erase(Shared(mine.erases, mine.chosen_at), Shared(theirs.erases, theirs.chosen_at), ended_at):
            await erase_what_was_kept(connection, mentorship.id)
        note_change(connection, Topic("messages", mentorship.id))
