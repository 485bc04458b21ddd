"""Editing what the two keep of a catch-up. The lock on the catch-up puts all edits into one order."""

from dataclasses import dataclass

from server.catchups.store.bookings import lock_booking_of
from server.catchups.store.catchups import mentorship_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.errors import DomainError
from server.people.rules.visitors import Visitor
from server.room.rules.content import ContentChanges
from server.room.rules.edits import Batches, Edit, apply_edits
from server.room.sealing import Sealer
from server.room.store.contents import read_content, save_content, take_sequence
from server.room.store.files import delete_files


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """What the page does not know yet, its own edits among it, and why some of them were refused."""

    changes: ContentChanges
    refused: tuple[DomainError, ...]


async def edit_by_form(db: Database, sealer: Sealer, visitor: Visitor, booking_id: int, edit: Edit) -> int:
    """Applies one edit that a page without a script sends; returns the id of the mentorship.

    Raises NotFound, InvalidInput, ContentFull or UnreadableContent.
    """
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        mentorship = await mentorship_of(connection, booking.catchup_id)
        before = await read_content(connection, sealer, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        applied = apply_edits(before, (edit,), visitor.person.id, both)
        for problem in applied.refused:
            raise problem
        await save_content(connection, sealer, booking.catchup_id, before, applied.content)
        if applied.content.version != before.version:
            note_change(connection, Topic("content", booking.catchup_id))
    return mentorship.id


async def edit_content(db: Database, sealer: Sealer, visitor: Visitor, booking_id: int, batches: Batches) -> EditAnswer:
    """Applies the page's batches in their order, each once however often it comes.

    Raises NotFound, or UnreadableContent.
    """
    refused: list[DomainError] = []
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        mentorship = await mentorship_of(connection, booking.catchup_id)
        both = (mentorship.mentor_id, mentorship.mentee_id)
        before = content = await read_content(connection, sealer, booking.catchup_id)
        for batch in batches:
            if await take_sequence(connection, booking.catchup_id, batch.writer, batch.sequence):
                applied = apply_edits(content, batch.edits, visitor.person.id, both)
                content = applied.content
                refused += applied.refused
        await save_content(connection, sealer, booking.catchup_id, before, content)
        removed = [item.key for item in content.since(before.version).items if item.body is None]
        if removed:
            await delete_files(connection, booking.catchup_id, removed)
        if content.version != before.version:
            note_change(connection, Topic("content", booking.catchup_id))
    return EditAnswer(content.since(batches[0].since), tuple(refused))
